/**
 * Why a program that holds a virtual host has to end early: a signal, the death of the process that
 * started it, or nobody left to read what it prints. SIGKILL of npm, or of the shell between npm and
 * us, sends us nothing, so the ancestors are looked at once a second.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

const { SIGHUP, SIGINT, SIGPIPE, SIGTERM } = constants.signals;
const pollMs = 1000;

/** The reason of an abort, with the exit status that a shell would give it. */
export class Stopped extends Error {
  override name = 'Stopped';
  readonly status: number;

  constructor(signal: number) {
    super('stopped from outside');
    this.status = 128 + signal;
  }
}

/** Aborts with a Stopped. To be called once, early in a main program; never undone. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const stopBy = (signal: number) => () => stop.abort(new Stopped(signal));
  // These stay, so that a second signal cannot cut short the end that the first one began.
  process.on('SIGINT', stopBy(SIGINT));
  process.on('SIGTERM', stopBy(SIGTERM));
  process.on('SIGHUP', stopBy(SIGHUP));
  process.stdout.on('error', stopBy(SIGPIPE));
  process.stderr.on('error', stopBy(SIGPIPE));

  const first = ancestors();
  setInterval(() => {
    if (ancestors().join() !== first.join()) stop.abort(new Stopped(SIGHUP));
  }, pollMs).unref();
  return stop.signal;
}

/** Rejects with the signal's reason once it is aborted, and never resolves. */
export async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

/** The parent; under npm the shell that npm started, then npm. */
function ancestors(): number[] {
  const parent = process.ppid;
  // Some shells become their last command; then npm is the parent itself.
  const isShell =
    process.env['npm_lifecycle_event'] !== undefined && !/^n(pm|ode)/.test(stat(parent).name);
  return isShell ? [parent, stat(parent).parent] : [parent];
}

/** See proc(5); the name may hold blanks and brackets. */
function stat(pid: number): { name: string; parent: number } {
  try {
    const [, name = '', parent] =
      /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    // It died between two looks.
    return { name: '', parent: 0 };
  }
}
