/** Which modules of the running kernel would drive a PCI device. */
import type { ReadFiles } from '../host/ports.ts';
import { attribute } from './attributes.ts';
import { modulesFile } from './kernel.ts';

/** `pci:v000010DEd000013C2sv…`: what a device is called in patterns of modules.alias. */
export interface PciIdentity {
  /** Hexadecimal digits, lower case. */
  vendor: string;
  device: string;
  subsystemVendor: string;
  subsystemDevice: string;
  /** Six digits. */
  class: string;
}

/** Modules by alias, in the file's order and each once. Throws where the file cannot be read. */
export async function moduleCandidates(
  host: ReadFiles,
  devices: readonly PciIdentity[],
): Promise<string[][]> {
  const release = await attribute(host, '/proc/sys/kernel/osrelease');
  return candidatesIn(await modulesFile(host, release, 'modules.alias'), devices);
}

/**
 * One walk over the lines `alias pci:v00008086d00001502sv*sd*bc*sc*i* e1000e`, of which there are tens of
 * thousands among others: only those that name one of the devices, or no device at all, are looked at
 * closely.
 */
export function candidatesIn(aliases: string, devices: readonly PciIdentity[]): string[][] {
  const names = devices.map(modaliasOf);
  const known = new Set(names.map((name) => name.slice(0, deviceEnd)));
  const found = devices.map(() => new Set<string>());
  for (let at = aliases.indexOf(prefix); at !== -1; at = aliases.indexOf(prefix, at + 1)) {
    const from = at + 'alias '.length;
    const begin = aliases.slice(from, from + deviceEnd);
    if (!known.has(begin) && !begin.includes('*')) continue;
    const newline = aliases.indexOf('\n', from);
    const line = aliases.slice(from, newline === -1 ? undefined : newline);
    const [pattern = '', module = ''] = line.split(' ');
    const head = pattern.split('*', 1)[0] ?? '';
    if (!names.some((name) => name.startsWith(head))) continue;
    const fits = matcher(pattern);
    for (const [index, name] of names.entries()) if (fits(name)) found[index]?.add(module);
  }
  return found.map((modules) => [...modules]);
}

const prefix = 'alias pci:v';
const deviceEnd = 'pci:v00008086d00001502'.length;

function modaliasOf(device: PciIdentity): string {
  const code = device.class.toUpperCase();
  return [
    `pci:v${eightDigits(device.vendor)}d${eightDigits(device.device)}`,
    `sv${eightDigits(device.subsystemVendor)}sd${eightDigits(device.subsystemDevice)}`,
    `bc${code.slice(0, 2)}sc${code.slice(2, 4)}i${code.slice(4, 6)}`,
  ].join('');
}

function eightDigits(id: string): string {
  return id.toUpperCase().padStart(8, '0');
}

/** In these patterns `*` is all that there is to a shell's. */
function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w:]/g, String.raw`\$&`));
  const whole = new RegExp(`^${parts.join('.*')}$`);
  return (name) => whole.test(name);
}
