/** Whether guests have started, by what the system's log says of them. */
import type { LogLine } from '../system/kernel-log.ts';
import { mentionedPciAddress } from '../system/pci-address.ts';
import type { Domain, Facts } from './facts.ts';

/** systemd-machined says it of each guest of libvirt before QEMU has done anything, and when it has ended. */
export const startOrEnd = String.raw`^(New machine qemu-\S+[.]|Machine qemu-\S+ terminated[.])$`;

/** What ends sooner has not started. */
const startMs = 10_000;

/** Whether a guest that the line can be about has started after it was said, and gone on. */
export function hasStartedSince({ log, libvirt }: Facts, line: LogLine): boolean {
  const guests = guestsOf(line.text, libvirt.domains ?? []).map(plainName);
  const lines = log.lines ?? [];
  return lines.slice(lines.indexOf(line) + 1).some(({ text, time }, index, later) => {
    const [, machine, name = ''] = /^New machine (qemu-\d+-(.*))[.]$/.exec(text) ?? [];
    if (machine === undefined || time === null || !guests.includes(plainName(name))) return false;
    const end = later.slice(index).find((each) => each.text === `Machine ${machine} terminated.`);
    return end === undefined || (end.time ?? time) - time > startMs;
  });
}

/** By the scope that the line names, or who has the device or the file in it; without any the only one there is. */
function guestsOf(line: string, domains: readonly Domain[]): string[] {
  const scope = line.replaceAll(String.raw`\x2d`, '-');
  const named = /machine-qemu-\d+-(.*?)[.]scope/.exec(scope)?.[1];
  if (named !== undefined) return [named];
  const file = /backing store \/dev\/shm\/(.+?) for guest RAM/.exec(line)?.[1];
  const sharing = domains.filter(({ xml }) => xml?.shmems.some((each) => each.name === file));
  if (sharing.length > 0) return sharing.map(({ name }) => name);
  const address = mentionedPciAddress(line);
  const own = domains.filter(({ xml }) =>
    address === null
      ? domains.length === 1
      : xml?.pci.some((each) => each.address === address) === true,
  );
  return own.map(({ name }) => name);
}

/** libvirt leaves out of a machine's name what no host name may have. */
function plainName(name: string): string {
  return name.replaceAll(/[^\da-z]/gi, '');
}
