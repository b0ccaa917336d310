import { join } from 'node:path';
import { isErrno, reasonOf } from '../errors.ts';
import type { MakeFolder, MakeTemporary, ReadFiles, Run, WriteFiles } from '../host/ports.ts';
import { failed } from './failure.ts';
import { setupCmd } from './setup-cmd.ts';

export interface DiscImage {
  path: string;
  /** Bytes. */
  size: number;
}

/**
 * Makes an ISO 9660 image with the client for Windows, its set-up and the pairing string, for as long
 * as `use` takes. It lies in a folder that only this user may enter.
 *
 * @throws HandglassError `pairing-failed`
 */
export async function withDiscImage<Result>(
  host: ReadFiles & WriteFiles & MakeFolder & MakeTemporary & Run,
  content: { client: string; pairing: string },
  use: (image: DiscImage) => Promise<Result>,
): Promise<Result> {
  const folder = await host.makeTemporaryFolder();
  try {
    const files = join(folder, 'files');
    await host.makeFolder(files, 0o700);
    await copyClient(host, content.client, join(files, 'handglass-guest.exe'));
    await host.replaceFile(join(files, 'setup.cmd'), setupCmd, 0o600);
    await host.replaceFile(join(files, 'pairing.txt'), `${content.pairing}\r\n`, 0o600);
    const path = join(folder, 'disc.iso');
    await makeImage(host, files, path);
    return await use({ path, size: (await host.factsOf(path)).size });
  } finally {
    await host.removeFolder(folder);
  }
}

async function copyClient(host: MakeTemporary, from: string, to: string): Promise<void> {
  try {
    await host.copyFile(from, to);
  } catch (error) {
    const what = isErrno(error, 'ENOENT')
      ? `The client for Windows is not built: there is no ${from}.`
      : `The client for Windows (${from}) cannot be read: ${reasonOf(error)}.`;
    throw failed(
      what,
      'Install mingw-w64 (gcc-mingw-w64-x86-64), and build it: `sh native/guest-windows/build.sh`.',
      error,
    );
  }
}

/** Each takes mkisofs' arguments. */
const makers = [
  { program: 'xorriso', first: ['-as', 'mkisofs'] },
  { program: 'genisoimage', first: [] },
  { program: 'mkisofs', first: [] },
];

async function makeImage(host: Run, folder: string, image: string): Promise<void> {
  // Windows reads the names of Joliet, others those of Rock Ridge.
  const args = ['-quiet', '-J', '-r', '-V', 'HANDGLASS', '-o', image, folder];
  for (const { program, first } of makers) {
    try {
      const { exitCode, stderr } = await host.run(program, [...first, ...args]);
      if (exitCode === 0) return;
      const why = stderr.trim().split('\n').at(-1) || 'it did not say why';
      throw failed(`${program} could not make the disc: ${reasonOf(why)}.`, '');
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
  throw failed(
    'There is no program that makes a disc.',
    `Install ${makers.map(({ program }) => program).join(', or ')}.`,
  );
}
