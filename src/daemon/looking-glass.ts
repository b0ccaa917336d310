import type { LookingGlass } from '../config/schema.ts';
import type { Clock, OpenFiles } from '../host/ports.ts';
import type { LookingGlassHeader } from '../shm/lgmp.ts';
import { sharedMemoryMib } from '../shm/size.ts';
import { lookingGlassHeader, showsLife } from '../shm/status.ts';

export interface LookingGlassView {
  domain: string;
  path: string;
  mib: number;
  /** `none`: no sign of any; `unknown`: not read, or once only, and life shows in two looks. */
  host: 'alive' | 'dead' | 'none' | 'unknown';
}

export interface LookingGlassWatch {
  view: () => LookingGlassView[];
  /** Looks every 5 s until the signal is aborted. */
  run: (signal: AbortSignal) => Promise<void>;
}

/** A host's heartbeat changes several times a second, so two looks at its memory tell of its life. */
export function watchLookingGlass(
  host: OpenFiles & Clock,
  entries: readonly LookingGlass[],
  changed: () => void,
): LookingGlassWatch {
  const headers = new Map<string, LookingGlassHeader | null | undefined>();
  const states = new Map<string, LookingGlassView['host']>();

  async function look({ path }: LookingGlass): Promise<boolean> {
    const before = headers.get(path);
    // What is only shown must not end the service; a kvmfr device, for one, refuses to be read.
    const header = await lookingGlassHeader(host, path).catch(() => undefined);
    headers.set(path, header);
    const was = states.get(path);
    states.set(path, stateFrom(before, header));
    return states.get(path) !== was;
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const looks = await Promise.all(entries.map(look));
      if (looks.includes(true)) changed();
      await host.sleep(intervalMs, signal).catch(() => {});
    }
  }

  return {
    view: () =>
      entries.map((entry) => ({
        domain: entry.domain,
        path: entry.path,
        mib: sharedMemoryMib(entry),
        host: states.get(entry.path) ?? 'unknown',
      })),
    run,
  };
}

const intervalMs = 5000;

function stateFrom(
  before: LookingGlassHeader | null | undefined,
  now: LookingGlassHeader | null | undefined,
): LookingGlassView['host'] {
  if (now === undefined) return 'unknown';
  if (now === null) return 'none';
  if (before === undefined || before === null) return 'unknown';
  return showsLife(before, now) ? 'alive' : 'dead';
}
