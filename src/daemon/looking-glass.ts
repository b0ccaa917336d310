import type { LookingGlass } from '../config/schema.ts';
import type { Clock, OpenFiles } from '../host/ports.ts';
import type { LookingGlassHeader } from '../shm/lgmp.ts';
import { sharedMemoryMib } from '../shm/size.ts';
import { lookingGlassHeader, showsLife } from '../shm/status.ts';

export interface LookingGlassView {
  domain: string;
  path: string;
  mib: number;
  /** `none`: no sign of any; `unknown`: looked at once only, and life shows in two looks. */
  host: 'alive' | 'dead' | 'none' | 'unknown';
}

/**
 * Looks at the shared memory of each domain every 5 s until the signal is aborted. A host's
 * heartbeat changes several times a second, so two looks tell.
 */
export function watchLookingGlass(
  host: OpenFiles & Clock,
  entries: readonly LookingGlass[],
  changed: () => void,
  signal: AbortSignal,
): { view(): LookingGlassView[]; ended: Promise<void> } {
  const headers = new Map<string, LookingGlassHeader | null>();
  const states = new Map<string, LookingGlassView['host']>();

  async function look({ path }: LookingGlass): Promise<boolean> {
    const before = headers.get(path);
    const header = await lookingGlassHeader(host, path);
    headers.set(path, header);
    const was = states.get(path);
    states.set(path, stateFrom(before, header));
    return states.get(path) !== was;
  }

  async function run(): Promise<void> {
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
    ended: run(),
  };
}

const intervalMs = 5000;

function stateFrom(
  before: LookingGlassHeader | null | undefined,
  now: LookingGlassHeader | null,
): LookingGlassView['host'] {
  if (now === null) return 'none';
  if (before === undefined || before === null) return 'unknown';
  return showsLife(before, now) ? 'alive' : 'dead';
}
