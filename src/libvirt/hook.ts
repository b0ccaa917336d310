import { processText } from '../domain/process.ts';
import type { ReadFiles } from '../host/ports.ts';

/**
 * Whether libvirt waits for this process, which one of its hooks has started: until the hook ends,
 * libvirt answers nobody who asks for the domain. What a hook has left to itself has another parent.
 */
export async function isInHook(host: ReadFiles): Promise<boolean> {
  for (let pid = 'self'; pid !== '0';) {
    const status = await processText(host, pid, 'status');
    if (libvirt.test(status)) return true;
    pid = /^PPid:\t(\d+)$/m.exec(status)?.[1] ?? '0';
  }
  return false;
}

/** NixOS wraps the program, and the kernel keeps 15 characters of a name. */
const libvirt = /^Name:\t\.?(libvirtd|virtqemud)(-wrap\w*)?$/m;
