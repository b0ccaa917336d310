/**
 * The virtual host's disk: a Debian tree made once and kept in the user's cache folder under a
 * name derived from everything that defines it. It is made beside its place and renamed into it,
 * so what is there is whole; an interrupted build leaves a folder that the next build removes.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isErrno } from '../../../src/errors.ts';
import { cacheFolder, exists, passing, prepareCache, requireRoom } from '../cache.ts';
import { LabFailure } from '../failure.ts';
import { buildImage } from './build.ts';
import { recipe } from './recipe.ts';

export interface Image {
  disk: string;
  kernel: string;
  initrd: string;
}

const neededBytes = { cache: 1.5e9, temporary: 1.5e9 };

/** Finds the image, or makes it and tells of each step. Rejects with a LabFailure. */
export async function ensureImage(
  tell: (step: string) => void,
  signal: AbortSignal,
): Promise<Image> {
  const folder = join(cacheFolder, `image-${await definition()}`);
  const image = {
    disk: join(folder, 'disk'),
    kernel: join(folder, 'vmlinux'),
    initrd: join(folder, 'initrd'),
  };
  if (await exists(folder)) return image;
  if (process.arch !== 'x64') {
    throw new LabFailure('The virtual host is an x86-64 machine, and is made on one only.');
  }

  await prepareCache();
  await requireRoom(cacheFolder, neededBytes.cache, 'XDG_CACHE_HOME');
  await requireRoom(tmpdir(), neededBytes.temporary, 'TMPDIR');
  const partial = passing(basename(folder));
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  try {
    await buildImage(partial, join(cacheFolder, 'image.log'), tell, signal);
    await rename(partial, folder);
    await removeOthers(folder);
  } catch (error) {
    // Another run may have put the same image there first; then it serves as well.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return image;
}

/** A digest over the recipe and the files that it takes into the tree, wherever the checkout lies. */
async function definition(): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify([process.arch, await recipe('', '')]));
  for (const name of ['customize.sh', 'initramfs']) {
    digest.update(await readFile(join(import.meta.dirname, name)));
  }
  return digest.digest('hex').slice(0, 12);
}

/** Images that another definition made. One that is in use keeps its disk until it ends. */
async function removeOthers(folder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const path = join(cacheFolder, name);
    if (/^image-[0-9a-f]+$/.test(name) && path !== folder) await rm(path, { recursive: true });
  }
}
