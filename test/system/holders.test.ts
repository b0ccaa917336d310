import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  open,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import { holdersOf } from '../../src/system/holders.ts';

const here = filesUnder('/', () => {});

let folder: string;
let path: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handglass-test-'));
  path = join(folder, 'looking-glass');
});

afterEach(async () => {
  if (child !== undefined) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  }
  await rm(folder, { recursive: true });
});

/** Starts a program that has the file open; it is running when this returns. */
async function hold(program = 'cat'): Promise<number | undefined> {
  await using file = await open(path, 'r');
  child = spawn(program, { stdio: ['pipe', 'ignore', 'ignore', file.fd] });
  await once(child, 'spawn');
  return child.pid;
}

test('nobody holds a file that nobody opened', async () => {
  await writeFile(path, '');
  expect((await holdersOf(here, path)).holders).toEqual([]);
});

test('nobody holds a file that never was', async () => {
  expect((await holdersOf(here, join(folder, 'absent/file'))).holders).toEqual([]);
});

test('a process that has the file open holds it', async () => {
  await writeFile(path, '');
  const pid = await hold();
  expect((await holdersOf(here, path)).holders).toEqual([
    { pid, program: expect.any(String), domain: null, removed: false },
  ]);
});

test('a process that has only mapped the file holds it', async () => {
  await copyFile('/bin/sh', path);
  child = spawn(path);
  await once(child, 'spawn');
  expect((await holdersOf(here, path)).holders).toEqual([
    { pid: child.pid, program: 'looking-glass', domain: null, removed: false },
  ]);
});

test('the file is found through a link to its folder', async () => {
  await writeFile(path, '');
  const pid = await hold();
  await symlink(folder, join(folder, 'run'));
  const { holders } = await holdersOf(here, join(folder, 'run/looking-glass'));
  expect(holders).toMatchObject([{ pid }]);
});

test('who holds a removed file is told from who holds the one in its place', async () => {
  await writeFile(path, '');
  const pid = await hold();
  await rm(path);
  expect((await holdersOf(here, path)).holders).toMatchObject([{ pid, removed: true }]);
  await writeFile(path, '');
  expect((await holdersOf(here, path)).holders).toMatchObject([{ pid, removed: true }]);
});

test('another file of the same beginning is not the file', async () => {
  await writeFile(path, '');
  await hold();
  await writeFile(`${path}-2`, '');
  expect((await holdersOf(here, `${path}-2`)).holders).toEqual([]);
  expect((await holdersOf(here, path.slice(0, -1))).holders).toEqual([]);
});

/** Writes a process below a root of its own, as /proc shows it. */
async function writeProcess(
  pid: number,
  { args = ['cat'], fds = [], maps = '' }: { args?: string[]; fds?: string[]; maps?: string },
): Promise<void> {
  const proc = join(folder, 'proc', String(pid));
  await mkdir(join(proc, 'fd'), { recursive: true });
  await Promise.all(fds.map((target, fd) => symlink(target, join(proc, 'fd', String(fd)))));
  await symlink(`/usr/bin/${args[0]}`, join(proc, 'exe'));
  await writeFile(join(proc, 'cmdline'), args.map((arg) => `${arg}\0`).join(''));
  await writeFile(join(proc, 'maps'), maps);
}

const shm = '/dev/shm/looking-glass';

const below = () => filesUnder(folder, () => {});

test.each([
  ['guest=win10,debug-threads=on', 'win10'],
  ['debug-threads=on,guest=win10', 'win10'],
  ['guest=one,,two', 'one,two'],
  ['process=win10', null],
])('the guest of QEMU with -name %s is %s', async (name, domain) => {
  await writeProcess(42, { args: ['qemu-system-x86_64', '-name', name, '-S'], fds: [shm] });
  expect((await holdersOf(below(), shm)).holders).toEqual([
    { pid: 42, program: 'qemu-system-x86_64', domain, removed: false },
  ]);
});

test('a process that mapped the file under another name is known by device and inode', async () => {
  await mkdir(join(folder, dirname(shm)), { recursive: true });
  await writeFile(join(folder, shm), '');
  await link(join(folder, shm), join(folder, 'dev/shm/other'));
  const { dev, ino } = await stat(join(folder, shm));
  const major = ((dev >> 8) & 0xfff).toString(16).padStart(2, '0');
  const minor = ((dev & 0xff) | ((dev >> 12) & 0xfff00)).toString(16).padStart(2, '0');
  const line = (inode: number, name: string) =>
    `7fdc2fa55000-7fdc30255000 rw-s 00000000 ${major}:${minor} ${inode}                  ${name}\n`;
  const stack = '7ffd1cb5d000-7ffd1cb7e000 rw-p 00000000 00:00 0                [stack]\n';
  await writeProcess(7, { maps: `${line(ino, '/container/shm/lg')}${stack}` });
  await writeProcess(8, { maps: `${line(ino + 1, '/container/shm/lg')}${stack}` });
  await writeProcess(9, { maps: `${stack}${line(ino + 1, `${shm} (deleted)`)}` });
  expect((await holdersOf(below(), shm)).holders).toEqual([
    { pid: 7, program: 'cat', domain: null, removed: false },
    { pid: 9, program: 'cat', domain: null, removed: true },
  ]);
});

test('a process that ends meanwhile, and what is no process, is passed over', async () => {
  await mkdir(join(folder, 'proc/41'), { recursive: true });
  await mkdir(join(folder, 'proc/sys'));
  await writeFile(join(folder, 'proc/uptime'), '1.0 1.0\n');
  await writeProcess(42, { fds: [shm] });
  expect((await holdersOf(below(), shm)).holders).toMatchObject([{ pid: 42 }]);
});

test('all holders are known when every process was looked into', async () => {
  await writeProcess(1, {});
  await writeProcess(42, { fds: [shm] });
  expect(await holdersOf(below(), shm)).toMatchObject({ holders: [{ pid: 42 }], complete: true });
});

test.each([
  ['EACCES', 'proc/7/fd', 'an ordinary user'],
  ['EPERM', 'proc/7/fd', '/proc mounted with hidepid=noaccess'],
  ['EACCES', 'proc/7/fd/0', 'root with CAP_DAC_READ_SEARCH but without CAP_SYS_PTRACE'],
  ['EACCES', 'proc/7/maps', 'a security module'],
])('%s for %s leaves holders unknown, the others are told: %s', async (code, closed) => {
  await writeProcess(1, {});
  await writeProcess(7, { fds: [shm] });
  await writeProcess(42, { fds: [shm] });
  const files = below();
  const refuse = (path: string) => {
    if (path === `/${closed}`) throw Object.assign(new Error(code), { code });
    return path;
  };
  const host = {
    ...files,
    listFolder: async (path: string) => files.listFolder(refuse(path)),
    readLink: async (path: string) => files.readLink(refuse(path)),
    readText: async (path: string) => files.readText(refuse(path)),
  };
  expect(await holdersOf(host, shm)).toMatchObject({ holders: [{ pid: 42 }], complete: false });
});

test('holders may be hidden where process 1 is, as by hidepid=invisible', async () => {
  await writeProcess(42, { fds: [shm] });
  expect(await holdersOf(below(), shm)).toMatchObject({ holders: [{ pid: 42 }], complete: false });
});

const withoutRights = ['setpriv', '--bounding-set=-sys_ptrace,-dac_override,-dac_read_search'];

test('who has not the rights of root misses holders, and is told so', async () => {
  // A program that may be run but not read is a process closed to its own user too.
  await copyFile('/bin/cat', join(folder, 'closed'));
  await chmod(join(folder, 'closed'), 0o111);
  await writeFile(path, '');
  await hold(join(folder, 'closed'));
  const lookup = `
    import { filesUnder } from '${import.meta.resolve('../../src/host/files.ts')}';
    import { holdersOf } from '${import.meta.resolve('../../src/system/holders.ts')}';
    console.log(JSON.stringify(await holdersOf(filesUnder('/', () => {}), '${path}')));
  `;
  const node = [process.execPath, '--input-type=module', '--eval', lookup];
  const [program = '', ...args] = process.getuid?.() === 0 ? [...withoutRights, ...node] : node;
  const { stdout } = await execa(program, args);
  expect(JSON.parse(stdout)).toEqual({ holders: [], complete: false });
}, 60_000);
