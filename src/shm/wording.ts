import type { Holder } from '../system/holders.ts';
import { bytesPerMib } from './size.ts';

export function sizeText(bytes: number): string {
  return bytes % bytesPerMib === 0 ? `${bytes / bytesPerMib} MiB` : `${bytes} bytes`;
}

/** Permission bits as chmod takes them, such as `0660`. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

export function holdersText(holders: readonly Holder[]): string {
  return holders.map(holderText).join(' and ');
}

function holderText({ pid, program, domain }: Holder): string {
  const process = `${program}, process ${pid}`;
  return domain === null ? process : `the virtual machine ${domain} (${process})`;
}
