import { isErrno } from '../errors.ts';
import type { Clock, ReadFiles } from '../host/ports.ts';
import type { InputSwitch } from '../input/switching.ts';

/**
 * Looks whether the domains that have a seat's input devices take what they are sent, every second
 * while something is and else every 2 s, and calls back for a seat whose domain does not: its QEMU is
 * stopped, or its main thread has not once gone to sleep for 3 s since something was sent, as it does
 * after all it has read.
 */
export async function watchStalls(
  host: ReadFiles & Clock,
  input: Pick<InputSwitch, 'ownerOf' | 'sentTo'>,
  seats: readonly string[],
  stalled: (seat: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const looks = new Map<string, Look[]>();
  while (!signal.aborted) {
    for (const seat of seats) {
      const { pid, events } = input.sentTo(input.ownerOf(seat));
      const progress = pid === null ? null : await progressOf(host, pid);
      if (pid === null || progress === null) {
        looks.delete(seat);
        continue;
      }
      const last = [...(looks.get(seat) ?? []), { pid, events, ...progress }].slice(-looksKept);
      looks.set(seat, last);
      if (!hasStalled(last)) continue;
      looks.delete(seat);
      stalled(seat);
    }
    const isBusy = [...looks.values()].some((last) => last[0]?.events !== last.at(-1)?.events);
    await host.sleep(isBusy ? busyMs : idleMs, signal).catch(() => {});
  }
}

interface Look extends Progress {
  pid: number;
  /** Sent to its proxies so far. */
  events: number;
}

const busyMs = 1000;
const idleMs = 2000;
/** The first two tell that something was sent, the others that nothing came of it. */
const looksKept = 5;

/** Exported for its tests. */
export function hasStalled(looks: readonly Look[]): boolean {
  const [first, second] = looks;
  if (first === undefined || second === undefined) return false;
  if (looks.some(({ pid }) => pid !== first.pid)) return false;
  if (looks.slice(-2).every(({ stopped }) => stopped)) return true;
  const idle = looks.slice(1).every(({ sleeps }) => sleeps === second.sleeps);
  return looks.length === looksKept && first.events !== second.events && idle;
}

interface Progress {
  /** By a signal or a debugger. */
  stopped: boolean;
  /** How often the main thread has gone to sleep by itself. */
  sleeps: number;
}

/** Null for a process that has ended. See proc_pid_status(5). */
async function progressOf(host: ReadFiles, pid: number): Promise<Progress | null> {
  try {
    const text = await host.readText(`/proc/${pid}/status`);
    return {
      stopped: /^State:\s+[Tt]/m.test(text),
      sleeps: Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(text)?.[1] ?? 0),
    };
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return null;
    throw error;
  }
}
