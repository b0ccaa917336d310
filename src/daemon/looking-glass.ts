import { isDeepStrictEqual } from 'node:util';
import type { LookingGlass } from '../config/schema.ts';
import type { Clock, FileFacts, OpenFiles, ReadFiles } from '../host/ports.ts';
import { factsAt } from '../shm/facts.ts';
import type { LookingGlassHeader } from '../shm/lgmp.ts';
import { bytesPerMib, sharedMemoryMib } from '../shm/size.ts';
import { lookingGlassHeader, showsLife } from '../shm/status.ts';

export interface LookingGlassView {
  domain: string;
  path: string;
  /** The size that the resolution needs. */
  mib: number;
  resolution: string;
  /** The size that the file has; null where it is not there or has none, and before the first look. */
  fileMib: number | null;
  /** Whether the file is there; taken to be before the first look. */
  present: boolean;
  /** `none`: no sign of any; `unknown`: not read, or once only, and life shows in two looks. */
  host: 'alive' | 'dead' | 'none' | 'unknown';
}

export interface LookingGlassWatch {
  view: () => LookingGlassView[];
  /** Looks every 5 s until the signal is aborted. */
  run: (signal: AbortSignal) => Promise<void>;
}

/**
 * A host's heartbeat changes several times a second, so two looks at its memory tell of its life.
 *
 * @param changed is called too when a file has other rights, which the view does not have
 */
export function watchLookingGlass(
  host: ReadFiles & OpenFiles & Clock,
  entries: readonly LookingGlass[],
  changed: () => void,
): LookingGlassWatch {
  const headers = new Map<string, LookingGlassHeader | null | undefined>();
  const facts = new Map<string, FileFacts | null | undefined>();
  const states = new Map<string, Pick<LookingGlassView, 'present' | 'fileMib' | 'host'>>();

  const stateOf = (path: string) => states.get(path) ?? unseen;

  async function look({ path }: LookingGlass): Promise<boolean> {
    const before = headers.get(path);
    // What is only shown must not end the service; a kvmfr device, for one, refuses to be read.
    const header = await lookingGlassHeader(host, path).catch(() => undefined);
    headers.set(path, header);
    const found = await factsAt(host, path).catch(() => undefined);
    const known = facts.get(path);
    facts.set(path, found);
    const was = stateOf(path);
    const now = {
      present: found !== null,
      fileMib: found?.kind === 'file' ? found.size / bytesPerMib : null,
      host: hostFrom(before, header),
    };
    states.set(path, now);
    return !isDeepStrictEqual(now, was) || isOtherwise(known, found);
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
        resolution: `${entry.width}x${entry.height}`,
        ...stateOf(entry.path),
      })),
    run,
  };
}

/** Whose it is, and who may open it; the first look tells nothing new. */
function isOtherwise(before: FileFacts | null | undefined, now: FileFacts | null | undefined) {
  if (before === undefined || before === null || now === undefined || now === null) return false;
  return before.uid !== now.uid || before.gid !== now.gid || before.mode !== now.mode;
}

const intervalMs = 5000;

const unseen = { present: true, fileMib: null, host: 'unknown' } as const;

function hostFrom(
  before: LookingGlassHeader | null | undefined,
  now: LookingGlassHeader | null | undefined,
): LookingGlassView['host'] {
  if (now === undefined) return 'unknown';
  if (now === null) return 'none';
  if (before === undefined || before === null) return 'unknown';
  return showsLife(before, now) ? 'alive' : 'dead';
}
