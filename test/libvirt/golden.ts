import { readFile } from 'node:fs/promises';

/** What libvirt 9.0 really printed. */
export function golden(name: string): Promise<string> {
  return readFile(new URL(`../golden/libvirt/9.0/${name}`, import.meta.url), 'utf8');
}
