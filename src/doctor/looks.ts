/** One look after the other, for as long as somebody wants to know what changes. */
import type { Clock, Follow, OpenFiles, ReadFiles, Run, WatchFolder } from '../host/ports.ts';
import { followEvents } from '../libvirt/events.ts';
import { followKernelLog } from '../system/kernel-log.ts';
import type { Facts } from './facts.ts';
import { logPatterns } from './log-lines.ts';
import { type FactsOptions, readFacts } from './read-facts.ts';
import { rememberReadings } from './what-was-read.ts';

type Host = ReadFiles & OpenFiles & Run & WatchFolder & Follow & Clock;

/**
 * The facts as they are now, and again whenever they may be otherwise, every 2 s at most: after what
 * libvirt, the log or a watched folder tells, and after a reading that comes out otherwise.
 */
export async function* looks(
  host: Host,
  options: Omit<FactsOptions, 'virsh'> & {
    /** Talks with a libvirt until the signal is aborted. */
    virsh: (uri: string, signal: AbortSignal) => ReturnType<FactsOptions['virsh']>;
  },
  signal: AbortSignal,
): AsyncGenerator<Facts> {
  const news = { isTold: false };
  const tell = () => {
    news.isTold = true;
  };
  const libvirt = eventsOf(host, tell, signal);
  void followKernelLog(host, logPatterns, tell, signal);

  while (!signal.aborted) {
    news.isTold = false;
    const read = rememberReadings(host);
    const looked = new AbortController();
    const until = AbortSignal.any([signal, looked.signal]);
    try {
      await Promise.allSettled(programsRead.map((path) => read.files.factsOf(path)));
      const facts = await readFacts(
        { ...host, ...read.files },
        { ...options, virsh: (uri) => options.virsh(uri, until) },
      );
      looked.abort();
      if (signal.aborted) return;
      libvirt(facts.libvirt.domains === null ? null : facts.libvirt.uri);
      yield facts;
      do await pause(host, signal);
      while (!news.isTold && !signal.aborted && !(await read.differs()));
    } finally {
      read.end();
      looked.abort();
    }
  }
}

/** What programs that are asked read in turn, or are themselves. */
const programsRead = [
  '/etc/passwd',
  '/etc/group',
  '/usr/bin/virsh',
  '/usr/bin/qemu-system-x86_64',
  '/usr/libexec/qemu-kvm',
];

const intervalMs = 2000;

/** Ends early, and without a failure, when the signal is aborted. */
async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(intervalMs, signal).catch(() => {});
}

/**
 * Gives a function that takes which libvirt there is to be followed, null for none: one that cannot be
 * asked is not called again and again, and its socket tells when that may be otherwise.
 */
function eventsOf(
  host: Follow & Clock,
  tell: () => void,
  signal: AbortSignal,
): (uri: string | null) => void {
  let followed: string | null = null;
  let end = new AbortController();
  return (uri) => {
    if (uri === followed) return;
    end.abort();
    end = new AbortController();
    followed = uri;
    if (uri !== null) void followEvents(host, uri, tell, AbortSignal.any([signal, end.signal]));
  };
}
