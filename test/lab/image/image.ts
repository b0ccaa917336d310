/**
 * The virtual host's disk: a Debian tree made once and kept in the user's cache folder under a
 * name derived from everything that defines it. It is made beside its place and renamed into it,
 * so what is there is whole; an interrupted build leaves a folder that the next build removes.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { isErrno, reasonOf } from '../../../src/errors.ts';
import { LabFailure } from '../failure.ts';

export interface Image {
  disk: string;
  kernel: string;
  initrd: string;
}

const here = import.meta.dirname;
const suite = 'bookworm';
const neededBytes = { cache: 1.5e9, temporary: 1.5e9 };

export const cacheFolder = join(
  process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
  'handglass',
);

/** Finds the image, or makes it and tells of each step. Rejects with a LabFailure. */
export async function ensureImage(tell: (step: string) => void): Promise<Image> {
  const folder = join(cacheFolder, `image-${await definition()}`);
  const image = {
    disk: join(folder, 'disk'),
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd'),
  };
  if (await exists(folder)) return image;

  await prepareCache();
  const partial = `${folder}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  const log = join(cacheFolder, 'image.log');
  try {
    await build(partial, log, tell);
    await rename(partial, folder);
  } catch (error) {
    // Another run may have put the same image there first; then it serves as well.
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return image;
    throw error instanceof LabFailure ? error : buildFailure(error, log);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return image;
}

/** A digest over the suite, the packages, the scripts and this file. */
async function definition(): Promise<string> {
  const digest = createHash('sha256').update(`${suite} ${process.arch}`);
  for (const name of ['customize.sh', 'image.ts', 'initramfs', 'packages']) {
    digest.update(await readFile(join(here, name)));
  }
  return digest.digest('hex').slice(0, 12);
}

async function prepareCache(): Promise<void> {
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
  await requireRoom(cacheFolder, neededBytes.cache, 'XDG_CACHE_HOME');
  await requireRoom(tmpdir(), neededBytes.temporary, 'TMPDIR');
}

async function requireRoom(folder: string, bytes: number, variable: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  const megabytes = (value: number) => `${Math.round(value / 1e6)} MB`;
  throw new LabFailure(
    `Making the virtual host's disk takes ${megabytes(bytes)} in ${folder}, and ${megabytes(bavail * bsize)} are free. Free some room, or set ${variable} to a folder on another disk.`,
  );
}

async function build(folder: string, log: string, tell: (step: string) => void): Promise<void> {
  const disk = join(folder, 'disk');
  const packages = (await readFile(join(here, 'packages'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const quote = (path: string) => `'${path.replaceAll("'", `'\\''`)}'`;
  await logged(log, tell, 'mmdebstrap', [
    '--format=ext2',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    '--aptopt=APT::Install-Recommends "false"',
    ...['man', 'doc', 'info', 'locale'].map(
      (each) => `--dpkgopt=path-exclude=/usr/share/${each}/*`,
    ),
    `--customize-hook=upload ${quote(join(here, 'initramfs'))} /tmp/initramfs`,
    `--customize-hook=upload ${quote(join(here, 'customize.sh'))} /tmp/customize.sh`,
    '--customize-hook=chroot "$1" sh /tmp/customize.sh',
    `--customize-hook=download /boot/vmlinuz ${quote(join(folder, 'vmlinuz'))}`,
    `--customize-hook=download /boot/initrd ${quote(join(folder, 'initrd'))}`,
    suite,
    disk,
  ]);
  tell('giving the disk room and a journal');
  const path = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  await logged(log, tell, 'resize2fs', [disk, '3G'], path);
  await logged(log, tell, 'tune2fs', ['-O', 'extents,has_journal', '-L', 'handglass', disk], path);
}

/** Runs a program with its output in the log, telling of each step that it announces. */
async function logged(
  log: string,
  tell: (step: string) => void,
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<void> {
  const sink = createWriteStream(log, { flags: command === 'mmdebstrap' ? 'w' : 'a' });
  const child = execa(command, args, { all: true, buffer: false, stdin: 'ignore', env });
  child.all.pipe(sink);
  createInterface({ input: child.all }).on('line', (line) => {
    const step = /^I: (.+?)\.*$/.exec(line)?.[1];
    if (step !== undefined && !step.startsWith('success')) tell(step);
  });
  await child;
}

async function buildFailure(error: unknown, log: string): Promise<LabFailure> {
  const text = await readFile(log, 'utf8').catch(() => '');
  if (isErrno(error, 'ENOENT')) {
    return new LabFailure(
      'mmdebstrap, resize2fs or tune2fs is missing. Install the packages mmdebstrap, genext2fs and e2fsprogs.',
    );
  }
  if (/No space left on device/.test(text)) {
    return new LabFailure(
      `The disk filled up while the virtual host's disk was being made in ${cacheFolder}. Free 3 GB and run this again.`,
    );
  }
  if (
    /Could not (resolve|connect)|Temporary failure resolving|Failed to fetch|no network/i.test(text)
  ) {
    return new LabFailure(
      `Debian's packages could not be fetched (see ${log}). The first run needs the network, or a proxy in http_proxy; later runs do not.`,
    );
  }
  const reason = text.split('\n').findLast((line) => /^E: /.test(line)) ?? reasonOf(error);
  return new LabFailure(
    `Making the virtual host's disk failed: ${reason.replace(/^E: /, '')}. The whole story is in ${log}.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
