import { basename } from 'node:path';
import type { Archive } from '../../doctor/archive.ts';
import { printable } from '../../printable.ts';

export interface WrittenArchive {
  path: string;
  bytes: number;
  /** How many names and numbers have stand-ins. */
  replaced: number;
  /** Names that are words of other meaning too. */
  everyday: readonly string[];
}

/** What was written, and how to see what is in it. */
export function archiveLines({ path, bytes, replaced, everyday }: WrittenArchive): string[] {
  const words = [...new Set(everyday)].map((name) => `"${printable(name)}"`).join(', ');
  return [
    `${path} has what the doctor reads of this machine (${Math.ceil(bytes / 1024)} KiB).`,
    `In it ${replaced} names, serial numbers and addresses have stand-ins.`,
    ...(words === ''
      ? []
      : [`Everyday words are replaced only where they can be nothing but a name: ${words}.`]),
    '',
    'Look at it before you send it:',
    `  $ zcat ${quoted(path)} | less -S`,
    'What it says:',
    `  $ handglass doctor --from ${quoted(path)}`,
  ];
}

/** Which machine a screen is about. */
export function recordedLine({ time, handglass }: Archive, path: string): string {
  const when = `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
  return `The machine of ${printable(basename(path))}, as Handglass ${printable(handglass)} found it on ${when}:`;
}

function quoted(path: string): string {
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
