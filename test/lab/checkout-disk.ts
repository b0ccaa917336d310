/** A disk that holds a copy of the checkout, for the virtual host to run. */
import { execFile } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../../src/errors.ts';
import { LabFailure } from './failure.ts';

const run = promisify(execFile);
const checkout = join(import.meta.dirname, '../..');
const blockSize = 4096;
/** For the file system's own tables and the last blocks of small files; what is not used is a hole. */
const room = 1.5;

/**
 * Writes an ext2 file system with all of the checkout but its history and the modules that only developing
 * takes. Rejects with a LabFailure.
 */
export async function makeCheckoutDisk(path: string): Promise<void> {
  const archive = `${path}.tar`;
  try {
    const left = ['.git', 'node_modules/.vitest-cache', ...(await developersModules())].map(
      (path) => `--exclude=./${path}`,
    );
    await run('tar', ['--create', '--file', archive, ...left, '--directory', checkout, '.']);
    const blocks = Math.ceil(((await stat(archive)).size * room) / blockSize);
    const size = ['--block-size', `${blockSize}`, '--size-in-blocks', `${blocks}`];
    const inodes = ['--bytes-per-inode', '16384'];
    await run('genext2fs', [...size, ...inodes, '--tarball', archive, path]);
  } catch (error) {
    throw new LabFailure(
      `The checkout cannot be copied to a disk for the virtual host: ${reasonOf(error)}`,
    );
  } finally {
    await rm(archive, { force: true });
  }
}

async function developersModules(): Promise<string[]> {
  const lock = await readFile(join(checkout, 'node_modules/.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, { dev?: boolean }> };
  return Object.keys(packages).filter((path) => packages[path]?.dev === true);
}
