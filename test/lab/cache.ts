/** The folder of the user's cache in which everything large is kept that the virtual host needs. */
import { access, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../../src/errors.ts';
import { LabFailure } from './failure.ts';

export const cacheFolder = join(
  process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
  'handglass',
);

/** Makes it, and removes what belonged to processes that are no more. Rejects with a LabFailure. */
export async function prepareCache(): Promise<void> {
  await mkdir(cacheFolder, { recursive: true }).catch((error: unknown) => {
    throw new LabFailure(
      `Cannot make the cache folder ${cacheFolder}: ${reasonOf(error)}. Set XDG_CACHE_HOME to a folder that you may write to.`,
    );
  });
  for (const name of await readdir(cacheFolder)) {
    const owner = /\.partial-(\d+)$/.exec(name)?.[1];
    if (owner !== undefined && !(await exists(`/proc/${owner}`))) {
      await rm(join(cacheFolder, name), { recursive: true, force: true });
    }
  }
}

/** The path of something in it that is not to outlive this process; `name` is one among its own. */
export function passing(name: string): string {
  return join(cacheFolder, `${name}.partial-${process.pid}`);
}

export async function requireRoom(folder: string, bytes: number, variable: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  throw new LabFailure(
    `Making the virtual host's disk takes ${megabytes(bytes)} in ${folder}, and ${megabytes(bavail * bsize)} are free. Free some room, or set ${variable} to a folder on another disk.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
