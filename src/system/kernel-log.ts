/** What the kernel and those who run domains have said since the start, as far as it is asked for. */
import type { Follow, Run, RunResult } from '../host/ports.ts';
import { printable } from '../printable.ts';
import { type Unread, unlessUnread } from './unread.ts';

export interface KernelLog {
  /** The lines that have one of the patterns, oldest first; null where no log could be read. */
  lines: LogLine[] | null;
  /** Whether it goes back to the start of the kernel; what is said in vain may stand in what is gone. */
  isWhole: boolean;
  /** Where it came from: the journal has also what libvirt and this service say. */
  source: 'journal' | 'dmesg' | null;
  unread: Unread;
}

export interface LogLine {
  text: string;
  /** Milliseconds since the epoch; null where it is not told. */
  time: number | null;
}

/** @param patterns of lines, in what PCRE and JavaScript share */
export async function readKernelLog(host: Run, patterns: readonly string[]): Promise<KernelLog> {
  const unread: Unread = {};
  const journal = await unlessUnread(unread, 'journal', () => journalLines(host, patterns));
  if (journal !== null) return { ...asked(journal, patterns), source: 'journal', unread };
  const ring = await unlessUnread(unread, 'dmesg', () => ringLines(host));
  if (ring !== null) return { ...asked(ring, patterns), source: 'dmesg', unread };
  const reasons = Object.values(unread);
  return {
    lines: null,
    isWhole: false,
    source: null,
    unread: { ...unread, lines: [...new Set(reasons)].join('; ') },
  };
}

/** Every kernel begins with it, so a log without it was forbidden, or is not whole. */
export const firstLine = 'Linux version ';

function asked(all: readonly LogLine[], patterns: readonly string[]) {
  const wanted = new RegExp(patterns.join('|'));
  return {
    lines: all.filter(({ text }) => wanted.test(text)),
    isWhole: all.some(({ text }) => text.startsWith(firstLine)),
  };
}

/** More of one kind says nothing new. */
const mostLines = 5000;
const limit = { timeoutMs: 10_000 };

/** Who is listened to. libvirt repeats why a QEMU did not start, so nobody has to be root for QEMU's own file. */
const sources = [
  '_TRANSPORT=kernel',
  '+',
  '_TRANSPORT=audit',
  ...['libvirtd', 'virtqemud', 'handglass', 'systemd-machined'].flatMap((unit) => [
    '+',
    `_SYSTEMD_UNIT=${unit}.service`,
  ]),
];

/** The journal looks for the patterns itself: a log of months can have millions of lines. */
async function journalLines(host: Run, patterns: readonly string[]): Promise<LogLine[]> {
  const args = [
    '--boot',
    '--quiet',
    '--no-pager',
    '--output=json',
    '--output-fields=MESSAGE',
    `--lines=${mostLines}`,
    '--case-sensitive=yes',
    `--grep=${[firstLine, ...patterns].join('|')}`,
    ...sources,
  ];
  const result = await host.run('journalctl', args, limit);
  // Since systemd 254 the newest comes first where lines are looked for.
  const lines = result.stdout
    .split('\n')
    .flatMap(lineFrom)
    .toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0));
  // Where users may not read it, it shows them nothing, and says so or not.
  if (lines.length === 0)
    throw new Error(complaintOf(result, 'the journal shows nothing of the kernel'));
  return lines;
}

/**
 * Calls back after each line with one of the patterns that comes from now on, until the signal is
 * aborted. Where the journal cannot be read nothing is told.
 */
export async function followKernelLog(
  host: Follow,
  patterns: readonly string[],
  heard: () => void,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new RegExp(patterns.join('|'));
  const args = ['--follow', '--lines=0', '--quiet', '--no-pager', '--output=cat', ...sources];
  try {
    for await (const line of host.follow('journalctl', args, signal))
      if (wanted.test(line)) heard();
  } catch {
    // Each look tells what it could not read.
  }
}

/** What a line of `journalctl --output=json` says; none of what is no such line. */
export function lineFrom(json: string): LogLine[] {
  if (json === '') return [];
  try {
    const entry = JSON.parse(json) as Record<string, unknown>;
    const message = entry['MESSAGE'];
    const text = Array.isArray(message) ? Buffer.from(message).toString() : String(message);
    const time = Number(entry['__REALTIME_TIMESTAMP']) / 1000;
    return [{ text: printable(text), time: Number.isFinite(time) ? time : null }];
  } catch {
    return [];
  }
}

async function ringLines(host: Run): Promise<LogLine[]> {
  const result = await host.run('dmesg', ['--kernel', '--notime', '--color=never'], limit);
  const texts = result.stdout.split('\n').filter(Boolean);
  if (result.exitCode !== 0 || texts.length === 0) {
    throw new Error(complaintOf(result, 'dmesg shows nothing'));
  }
  return texts.map((text) => ({ text: printable(text), time: null }));
}

function complaintOf({ stderr, timedOut }: RunResult, otherwise: string): string {
  if (timedOut) return 'it did not answer in time';
  const said = stderr.trim().split('\n')[0] ?? '';
  return said.replace(/^(journalctl|dmesg): /, '') || otherwise;
}
