import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import { processes } from '../../src/host/processes.ts';

let root: string;
let files: ReturnType<typeof filesUnder>;
let reserved: number[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'handglass-test-'));
  reserved = [];
  files = filesUnder(root, (_, bytes) => reserved.push(bytes));
});

afterEach(() => rm(root, { recursive: true }));

test('absolute paths are taken below the root', async () => {
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/name'), 'glass\n');
  expect(await files.readText('/etc/name')).toBe('glass\n');
});

test('a file that does not answer is named', async () => {
  const here = filesUnder('/', () => {});
  // Page 0 of a process is never there.
  for (const path of ['/proc/self/mem', `/proc/${process.pid}/mem`]) {
    await expect(here.readText(path)).rejects.toMatchObject({ code: 'EIO', path });
  }
});

test.each(['1-1/serial', '1-2.3/bNumInterfaces', 'usb1/product'])(
  'while the kernel has %s of a USB device locked, other files are read',
  async (file) => {
    const usb = '/sys/bus/usb/devices';
    const device = join(root, usb, dirname(file));
    await mkdir(device, { recursive: true });
    await writeFile(join(device, 'busnum'), '1');
    const [locked, unlock] = [join(root, usb, file), join(root, 'unlock')];
    await processes.run('mkfifo', [locked, unlock]);
    // Without anyone who unlocks it, it answers in the end all the same.
    const kernel = processes.run('sh', [
      '-c',
      'timeout 5 cat "$1"; printf 2 > "$0"',
      locked,
      unlock,
    ]);
    const texts: string[] = [];
    const reading = files.readText(`${usb}/${file}`).then((text) => texts.push(text));
    texts.push(await files.readText(`${usb}/${dirname(file)}/busnum`));
    expect(texts).toEqual(['1']);
    await writeFile(unlock, '');
    await Promise.all([reading, kernel]);
    expect(texts).toEqual(['1', '2']);
  },
);

test('a folder is listed in order', async () => {
  await Promise.all(['b', 'c', 'a', 'B'].map((name) => writeFile(join(root, name), '')));
  expect(await files.listFolder('/')).toEqual(['B', 'a', 'b', 'c']);
});

test('a link is read as it stands and resolved below the root', async () => {
  await mkdir(join(root, 'sys/devices/usb1'), { recursive: true });
  await mkdir(join(root, 'sys/bus'));
  await symlink('../devices/usb1', join(root, 'sys/bus/1'));
  expect(await files.readLink('/sys/bus/1')).toBe('../devices/usb1');
  expect(await files.realPath('/sys/bus/1')).toBe('/sys/devices/usb1');
  expect(await files.realPath('/')).toBe('/');
});

test('the root itself may be reached through a link', async () => {
  await mkdir(join(root, 'real/a'), { recursive: true });
  await symlink('real', join(root, 'other'));
  expect(await filesUnder(join(root, 'other'), () => {}).realPath('/a')).toBe('/a');
});

test('an attribute is given as it is, and only where there is one', async () => {
  await writeFile(join(root, 'drivers_probe'), '');
  const before = await files.factsOf('/drivers_probe');
  await files.writeAttribute('/drivers_probe', '1-2:1.0');
  expect(await readFile(join(root, 'drivers_probe'), 'utf8')).toBe('1-2:1.0');
  expect((await files.factsOf('/drivers_probe')).ino).toBe(before.ino);
  await expect(files.writeAttribute('/absent', '')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('facts tell kinds apart and follow no link', async () => {
  await writeFile(join(root, 'file'), 'four');
  await mkdir(join(root, 'folder'));
  await symlink('file', join(root, 'link'));
  await processes.run('mkfifo', [join(root, 'pipe')]);
  const kinds = ['/file', '/folder', '/link', '/pipe'].map(async (path) => files.factsOf(path));
  expect((await Promise.all(kinds)).map(({ kind }) => kind)).toEqual([
    'file',
    'folder',
    'link',
    'other',
  ]);
});

test('facts are those of the file system', async () => {
  await writeFile(join(root, 'file'), 'four');
  await chmod(join(root, 'file'), 0o2751);
  const { uid, gid, dev, ino, blocks } = await lstat(join(root, 'file'));
  const allocated = blocks * 512;
  const expected = { kind: 'file', size: 4, allocated, mode: 0o2751, uid, gid, dev, ino };
  expect(await files.factsOf('/file')).toEqual(expected);
  const file = await files.openFile('/file', 'read');
  expect(await file.facts()).toEqual(expected);
  await file.close();
});

test('a replaced file has the text and exactly the mode, whatever the umask', async () => {
  await writeFile(join(root, 'state'), 'old', { mode: 0o600 });
  await files.replaceFile('/state', 'new', 0o666);
  expect(await readFile(join(root, 'state'), 'utf8')).toBe('new');
  expect((await files.factsOf('/state')).mode).toBe(0o666);
  expect(await readdir(root)).toEqual(['state']);
});

test('who has the old file open keeps it when it is replaced', async () => {
  await writeFile(join(root, 'state'), 'old');
  await link(join(root, 'state'), join(root, 'kept'));
  await files.replaceFile('/state', 'new', 0o600);
  expect(await files.readText('/kept')).toBe('old');
});

test('a file that cannot be replaced leaves nothing behind', async () => {
  await mkdir(join(root, 'state'));
  await expect(files.replaceFile('/state', 'new', 0o600)).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(root)).toEqual(['state']);
});

test('a new file is made for its maker alone, and never over another', async () => {
  const file = await files.openFile('/shm', 'create');
  expect(await file.facts()).toMatchObject({ kind: 'file', size: 0, mode: 0o600 });
  await file.close();
  await expect(files.openFile('/shm', 'create')).rejects.toMatchObject({ code: 'EEXIST' });
});

test('a file that is made has the bytes and exactly the mode, and never takes the place of another', async () => {
  await files.makeFile('/rom', Buffer.from([0x55, 0xaa]), 0o666);
  expect(await readFile(join(root, 'rom'))).toEqual(Buffer.from([0x55, 0xaa]));
  expect((await files.factsOf('/rom')).mode).toBe(0o666);
  await symlink('nowhere', join(root, 'link'));
  for (const path of ['/rom', '/link']) {
    await expect(files.makeFile(path, Buffer.alloc(9), 0o600)).rejects.toMatchObject({
      code: 'EEXIST',
    });
  }
  expect(await readFile(join(root, 'rom'))).toHaveLength(2);
});

test('a file that cannot be made whole is not there', async () => {
  const unwritable = 9 as unknown as Buffer;
  await expect(files.makeFile('/rom', unwritable, 0o600)).rejects.toThrow(TypeError);
  expect(await readdir(root)).toEqual([]);
});

test('an open file is changed through its descriptor', async () => {
  const file = await files.openFile('/shm', 'create');
  await file.setSize(8192);
  await file.setMode(0o666);
  await file.reserve(8192);
  const { uid, gid } = await file.facts();
  await file.setOwner(uid, gid);
  expect(await file.facts()).toMatchObject({ size: 8192, mode: 0o666, uid, gid });
  expect(reserved).toEqual([8192]);
  await file.close();
});

test('why memory cannot be reserved is passed on', async () => {
  const full = filesUnder(root, () => {
    throw Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
  });
  const file = await full.openFile('/shm', 'create');
  await expect(file.reserve(8192)).rejects.toMatchObject({ code: 'ENOSPC' });
  await file.close();
});

test.each([
  [0, 4, 'glas'],
  [2, 3, 'ass'],
  [3, 10, 'ss'],
  [5, 10, ''],
  [90, 10, ''],
])('reading from %i up to %i bytes brings "%s"', async (offset, length, text) => {
  await writeFile(join(root, 'file'), 'glass');
  const file = await files.openFile('/file', 'read');
  expect((await file.read(offset, length)).toString()).toBe(text);
  await file.close();
});

test('what is opened to write has to be there', async () => {
  await expect(files.openFile('/absent', 'write')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(root)).toEqual([]);
});

test.each(['read', 'write', 'create'] as const)('no link is followed to %s', async (how) => {
  await writeFile(join(root, 'target'), '');
  await symlink('target', join(root, 'link'));
  await symlink('absent', join(root, 'dangling'));
  const code = how === 'create' ? 'EEXIST' : 'ELOOP';
  await expect(files.openFile('/link', how)).rejects.toMatchObject({ code });
  await expect(files.openFile('/dangling', how)).rejects.toMatchObject({ code });
});

test('opening a pipe does not wait for its other end', async () => {
  await processes.run('mkfifo', [join(root, 'pipe')]);
  const pipe = await files.openFile('/pipe', 'read');
  expect((await pipe.facts()).kind).toBe('other');
  await pipe.close();
});

test('a removed name is gone, a link without its target', async () => {
  await writeFile(join(root, 'target'), '');
  await symlink('target', join(root, 'link'));
  await files.removeFile('/link');
  expect(await readdir(root)).toEqual(['target']);
});
