import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { MakeFile, OpenFiles, ReadFiles } from '../host/ports.ts';
import { mostRomBytes } from './limits.ts';

/**
 * Reads a file that has a ROM.
 *
 * @throws HandglassError `not-permitted` or `vbios-failed`
 */
export async function readRomFile(host: ReadFiles & OpenFiles, path: string): Promise<Buffer> {
  const refused = (why: string, remedy: string) =>
    new HandglassError('vbios-failed', `${path} ${why}.`, remedy);
  try {
    const file = await host.openFile(await host.realPath(path), 'read');
    try {
      const { kind, size } = await file.facts();
      if (kind !== 'file') throw refused('is no regular file', 'Name a file that has a ROM.');
      if (size > mostRomBytes) {
        throw refused('is larger than any ROM of a card (16 MiB)', 'Name a file that has a ROM.');
      }
      return await file.read(0, size);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw failureOf(error, `${path} cannot be read`, 'See whether the path is right.');
  }
}

/**
 * Writes a ROM into a new file that everybody may read, as the user of QEMU has to.
 *
 * @throws HandglassError `not-permitted`, or `vbios-failed`, also where anything is there already
 */
export async function writeRomFile(host: MakeFile, path: string, bytes: Buffer): Promise<void> {
  try {
    await host.makeFile(path, bytes, 0o644);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) {
      throw new HandglassError(
        'vbios-failed',
        `${path} is there already, and is left as it is.`,
        'Name another file, or remove that one.',
        { cause: error },
      );
    }
    throw failureOf(error, `${path} cannot be written`, 'Name a file in a folder that exists.');
  }
}

function failureOf(cause: unknown, what: string, remedy: string): HandglassError {
  if (cause instanceof HandglassError) return cause;
  const isRefused = isErrno(cause, 'EACCES', 'EPERM', 'EROFS');
  const code = isRefused ? 'not-permitted' : 'vbios-failed';
  return new HandglassError(
    code,
    `${what}: ${reasonOf(cause)}.`,
    isRefused ? 'Run this command as a user who may, or name another file.' : remedy,
    { cause },
  );
}
