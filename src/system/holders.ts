import { basename, dirname } from 'node:path';
import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';

/** A process that has a file open or mapped. */
export interface Holder {
  pid: number;
  /** The executable's name, such as `qemu-system-x86_64`. */
  program: string;
  /** The libvirt domain or other guest that a QEMU process runs. */
  domain: string | null;
  /** It holds a file that had this path and was removed since; what is there now is another. */
  removed: boolean;
}

export interface Holders {
  /** By process id. */
  holders: Holder[];
  /** Every process was looked into; otherwise there may be holders beyond those found. */
  complete: boolean;
}

/**
 * The processes that have the file at `path` open or mapped. The file itself may be absent. Open
 * descriptors are known by their path, mappings by path or by device and inode, so a process that
 * mapped the file under another name is found too. Without CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH
 * the processes of other users, QEMU under libvirt among them, cannot be looked into.
 */
export async function holdersOf(host: ReadFiles, path: string): Promise<Holders> {
  const file = await fileAt(host, path);
  const holders: Holder[] = [];
  const pids = (await host.listFolder('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  // Process 1 always exists: where it is not listed, /proc hides other users' (hidepid in proc(5)).
  let complete = pids.includes(1);
  const pending = pids.values();
  // A few at a time keep the pool of file operations busy without opening thousands of files.
  const worker = async () => {
    for (const pid of pending) {
      const holder = await unlessClosed(unlessGone(holderAt(host, pid, file)));
      if (holder === 'closed') complete = false;
      else if (holder !== null) holders.push(holder);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return { holders: holders.toSorted((a, b) => a.pid - b.pid), complete };
}

/** What a file looks like in /proc. */
interface Traces {
  path: string;
  /** `major:minor inode` as maps has it; null where nothing is at the path. */
  identity: string | null;
}

async function fileAt(host: ReadFiles, path: string): Promise<Traces> {
  const folder = (await unlessGone(host.realPath(dirname(path)))) ?? dirname(path);
  const facts = await unlessGone(host.factsOf(path));
  return {
    path: `${folder === '/' ? '' : folder}/${basename(path)}`,
    identity: facts === null ? null : `${deviceText(facts.dev)} ${facts.ino}`,
  };
}

/** Splits a dev_t as glibc packs it; arithmetic, because it can have more than 32 bits. */
function deviceText(dev: number): string {
  const part = (shift: number, bits: number) => Math.floor(dev / 2 ** shift) % 2 ** bits;
  const major = part(8, 12) + part(44, 20) * 2 ** 12;
  const minor = part(0, 8) + part(20, 24) * 2 ** 8;
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':');
}

/** Processes end while they are looked at. */
async function unlessGone<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

/** Other users' processes are closed to all but root. */
async function unlessClosed<T>(looking: Promise<T>): Promise<T | 'closed'> {
  try {
    return await looking;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) return 'closed';
    throw error;
  }
}

async function holderAt(host: ReadFiles, pid: number, file: Traces): Promise<Holder | null> {
  const held = [...(await openFiles(host, pid)), ...(await mappedFiles(host, pid, file))];
  const current = held.includes(file.path);
  if (!current && !held.includes(`${file.path} (deleted)`)) return null;
  const program = basename(await host.readLink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  const args = (await host.readText(`/proc/${pid}/cmdline`)).split('\0');
  return { pid, program, domain: guestName(args), removed: !current };
}

async function openFiles(host: ReadFiles, pid: number): Promise<(string | null)[]> {
  const descriptors = await host.listFolder(`/proc/${pid}/fd`);
  return Promise.all(descriptors.map((fd) => unlessGone(host.readLink(`/proc/${pid}/fd/${fd}`))));
}

/** Paths of the mappings that have to do with the file; those with its identity as its own path. */
async function mappedFiles(host: ReadFiles, pid: number, file: Traces): Promise<string[]> {
  const maps = await host.readText(`/proc/${pid}/maps`);
  return maps.split('\n').flatMap((line) => {
    // address perms offset major:minor inode path
    const [, identity, path] = /^\S+ \S+ \S+ (\S+ \d+) *(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    return [identity === file.identity ? file.path : path];
  });
}

/** From QEMU's `-name guest=win10,debug-threads=on`, where a comma in the name is doubled. */
function guestName(args: readonly string[]): string | null {
  const option = args[args.indexOf('-name') + 1] ?? '';
  const match = args.includes('-name') ? /(?:^|,)guest=((?:[^,]|,,)+)/.exec(option) : null;
  return match?.[1]?.replaceAll(',,', ',') ?? null;
}
