import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  watch,
  type Stats,
} from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { isErrno } from '../errors.ts';
import type {
  FileFacts,
  MakeFile,
  MakeFolder,
  MakeTemporary,
  OpenFile,
  OpenFiles,
  ReadFiles,
  SetMode,
  WatchFolder,
  WriteAttribute,
  WriteFiles,
} from './ports.ts';

/**
 * The real files of this machine, each absolute path taken below `root`: `/` in service, a
 * temporary folder in tests. The root is no prison: a link with an absolute target leads out of it.
 *
 * @param reserve allocates the first `bytes` of a file (posix_fallocate), or throws with the errno
 */
export function filesUnder(
  root: string,
  reserve: (fd: number, bytes: number) => void,
): ReadFiles &
  WriteFiles &
  MakeFile &
  MakeFolder &
  MakeTemporary &
  WriteAttribute &
  OpenFiles &
  SetMode &
  WatchFolder {
  const prefix = root === '/' ? '' : root;
  // To join them would take as long as to read what lies there.
  const below = (path: string) => prefix + path;
  return {
    readText: async (path) => {
      for (;;) {
        try {
          return isInMemory(path) && !isLocked(path)
            ? readFileSync(below(path), 'utf8')
            : await readFile(below(path), 'utf8');
        } catch (error) {
          // By a signal, such as the kernel's own when the machine goes to sleep.
          if (isErrno(error, 'EINTR')) continue;
          // Node keeps to itself which file it was once that is open.
          throw error instanceof Error ? Object.assign(error, { path: below(path) }) : error;
        }
      }
    },
    listFolder: async (path) =>
      (isInMemory(path) ? readdirSync(below(path)) : await readdir(below(path))).toSorted(),
    readLink: async (path) =>
      isInMemory(path) ? readlinkSync(below(path)) : readlink(below(path)),
    realPath: async (path) => {
      const real = isInMemory(path)
        ? realpathSync.native(below(path))
        : await inTime(realpath(below(path)), path);
      return `/${relative(realpathSync.native(root), real)}`;
    },
    factsOf: async (path) =>
      factsFrom(
        isOnThisMachine(path) ? lstatSync(below(path)) : await inTime(lstat(below(path)), path),
      ),
    replaceFile: (path, text, mode) => replaceFile(below(path), text, mode),
    makeFile: (path, content, mode) => makeFile(below(path), content, mode),
    makeFolder: async (path, mode) => void (await mkdir(below(path), { recursive: true, mode })),
    makeTemporaryFolder: async () =>
      `/${relative(root, await mkdtemp(below(join(tmpdir(), 'handglass-'))))}`,
    copyFile: (from, to) => copyFile(below(from), below(to)),
    removeFolder: (path) => rm(below(path), { recursive: true, force: true }),
    writeAttribute: (path, text) => writeFile(below(path), text, { flag: constants.O_WRONLY }),
    openFile: async (path, how) =>
      openedFile(openSync(below(path), openFlags[how], 0o600), reserve),
    removeFile: (path) => unlink(below(path)),
    watchFolder: (path, listener, signal) => watchFolder(below(path), listener, signal),
    setMode: (path, mode) => chmod(below(path), mode),
  };
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/**
 * What lies in memory comes in a tenth of the time without the five turns through the thread pool, and a
 * look at the machine reads hundreds of such files. Not all of /proc: another process can hold up its
 * file there.
 */
function isInMemory(path: string): boolean {
  return /^\/(sys|proc\/(self|1))\//.test(path);
}

/**
 * For these the kernel waits until nobody has the USB device locked (drivers/usb/core/sysfs.c), as it is
 * for seconds while one that does not answer is set up or reset.
 */
function isLocked(path: string): boolean {
  return /\/(usb\d+|\d+-[\d.]+)\/(configuration|bConfigurationValue|bMaxPower|bNumInterfaces|bmAttributes|manufacturer|product|serial)$/.test(
    path,
  );
}

function isOnThisMachine(path: string): boolean {
  return isInMemory(path) || path.startsWith('/dev/');
}

/** A server of files that has gone answers nobody, for ever; a disk that wakes up takes some seconds. */
async function inTime<T>(looking: Promise<T>, path: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const what = `ETIMEDOUT: nothing answers, '${path}'`;
    late.reject(Object.assign(new Error(what), { code: 'ETIMEDOUT' }));
  }, 10_000).unref();
  try {
    return await Promise.race([looking, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const openFlags = {
  read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
  // Without O_CREAT, with which fs.protected_regular refuses other users' files even to root.
  write: O_RDWR | O_NOFOLLOW | O_NONBLOCK,
  create: O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CREAT | O_EXCL,
};

function factsFrom(stats: Stats): FileFacts {
  return {
    kind: kindOf(stats),
    size: stats.size,
    allocated: stats.blocks * 512,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    dev: stats.dev,
    ino: stats.ino,
  };
}

function kindOf(stats: Stats): FileFacts['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

function watchFolder(path: string, listener: () => void, signal: AbortSignal): void {
  const watcher = watch(path, { signal }, listener);
  // The folder went away: there is nothing left to tell of.
  watcher.on('error', () => watcher.close());
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  // In the same folder, because a rename replaces atomically only within one file system.
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeNewFile(temporary, text, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}

async function writeNewFile(path: string, text: string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await fill(file, text, mode);
}

async function fill(file: FileHandle, content: string | Buffer, mode: number): Promise<void> {
  await file.writeFile(content);
  // The umask cuts a mode that is given to open, not this one.
  await file.chmod(mode);
  await file.sync();
}

async function makeFile(path: string, content: Buffer, mode: number): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  try {
    await fill(file, content, mode);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Of a file in memory, such as those of Looking Glass: without turns through the thread pool too. */
function openedFile(fd: number, reserve: (fd: number, bytes: number) => void): OpenFile {
  return {
    facts: async () => factsFrom(fstatSync(fd)),
    read: async (offset, length) => readFully(fd, offset, length),
    setOwner: async (uid, gid) => fchownSync(fd, uid, gid),
    setMode: async (mode) => fchmodSync(fd, mode),
    setSize: async (bytes) => ftruncateSync(fd, bytes),
    reserve: async (bytes) => reserve(fd, bytes),
    close: async () => closeSync(fd),
  };
}

/** One read may bring less than was asked for before the end is reached. */
function readFully(fd: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
