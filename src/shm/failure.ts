import { dirname } from 'node:path';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { ReadFiles, Run } from '../host/ports.ts';
import { factsAt } from './facts.ts';
import { bytesPerMib } from './size.ts';
import { sizeText } from './wording.ts';

/** Somebody else made, exchanged or resized the file between two of our steps. */
export function changedMeanwhile(path: string, cause?: unknown): HandglassError {
  return new HandglassError(
    'shm-failed',
    `${path} was changed by another program at this moment.`,
    'Run "handglass shm create" again.',
    { cause },
  );
}

/** What a failed system call means for who wants this file made. */
export async function failureOf(
  host: ReadFiles & Run,
  entry: { path: string; bytes: number },
  cause: unknown,
): Promise<HandglassError> {
  if (cause instanceof HandglassError) return cause;
  if (isErrno(cause, 'EEXIST', 'ELOOP')) return changedMeanwhile(entry.path, cause);
  if (isErrno(cause, 'ENOSPC')) return noRoom(host, entry, cause);
  const what = `${entry.path} cannot be made or repaired: ${reasonOf(cause)}.`;
  if (isErrno(cause, 'EACCES', 'EPERM', 'EROFS')) {
    const remedy = 'Run "handglass shm create" as root.';
    return new HandglassError('not-permitted', what, remedy, { cause });
  }
  const remedy = 'The path has to lie in an existing folder in memory, such as /dev/shm.';
  return new HandglassError('shm-failed', what, remedy, { cause });
}

async function noRoom(
  host: ReadFiles & Run,
  { path, bytes }: { path: string; bytes: number },
  cause: unknown,
): Promise<HandglassError> {
  const folder = dirname(path);
  const { stdout } = await host.run('df', ['--block-size=1', '--output=avail,target', folder]);
  const [, available = '0', mount = folder] = /^ *(\d+) (.+)$/m.exec(stdout) ?? [];
  const allocated = (await factsAt(host, path))?.allocated ?? 0;
  const missing = bytes - allocated - Number(available);
  return new HandglassError(
    'shm-failed',
    `There is no room for the ${sizeText(bytes)} of ${path}: ` +
      (missing > 0
        ? `${Math.ceil(missing / bytesPerMib)} MiB are missing on ${mount}.`
        : 'the machine is short of memory.'),
    `Remove what is not needed from ${mount}, or enlarge it (mount -o remount,size=… ${mount}).`,
    { cause },
  );
}
