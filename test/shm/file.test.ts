import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import { createSharedMemory } from '../../src/shm/file.ts';
import { fileIn, memoryFolder, realHost } from './real-host.ts';

async function ownerOf(path: string): Promise<string> {
  return (await realHost.run('stat', ['--format=%U:%G %a', path])).stdout.trim();
}

/** Everything that a second run could have touched. */
async function tracesOf(path: string) {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return { ino, size, mtimeNs, ctimeNs };
}

test('an absent file is made whole: size, memory, owner, group and mode', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  expect(await createSharedMemory(realHost, entry)).toEqual({
    outcome: 'made',
    changes: ['size 1 MiB, reserved', `owner ${entry.owner}`, `group ${entry.group}`, 'mode 0660'],
  });
  expect(await ownerOf(entry.path)).toBe(`${entry.owner}:${entry.group} 660`);
  const { size, blocks } = await stat(entry.path);
  expect({ size, reserved: blocks * 512 }).toEqual({ size: 2 ** 20, reserved: 2 ** 20 });
});

test('the mode is exact, whatever the umask', async () => {
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), mode: 0o666 };
  await createSharedMemory(realHost, entry);
  expect((await stat(entry.path)).mode & 0o7777).toBe(0o666);
});

test('a second run changes nothing', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  const before = await tracesOf(entry.path);
  expect(await createSharedMemory(realHost, entry)).toEqual({ outcome: 'unchanged', changes: [] });
  expect(await tracesOf(entry.path)).toEqual(before);
});

test('a wrong mode is repaired in place, also while the file is in use', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  await chmod(entry.path, 0o644);
  await using user = await open(entry.path);
  expect(await createSharedMemory(realHost, entry)).toEqual({
    outcome: 'repaired',
    changes: ['mode 0660, was 0644'],
  });
  expect((await stat(entry.path)).ino).toBe((await user.stat()).ino);
});

test('a wrong owner and group are repaired in place, where one may', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await writeFile(entry.path, Buffer.alloc(entry.bytes), { mode: 0o600 });
  const was = await ownerOf(entry.path);
  const { changes } = await createSharedMemory(realHost, entry);
  expect(await ownerOf(entry.path)).toBe(`${entry.owner}:${entry.group} 660`);
  // An ordinary user's file has the right owner from the start.
  expect(changes).toEqual(
    was.startsWith(`${entry.owner}:${entry.group}`)
      ? ['mode 0660, was 0600']
      : [`owner ${entry.owner}, was root`, `group ${entry.group}, was root`, 'mode 0660, was 0600'],
  );
});

test('memory that is not there yet is reserved, and what is there kept', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  const file = await open(entry.path, 'r+');
  await file.truncate(0);
  await file.truncate(entry.bytes);
  await file.write('LGMP');
  await file.close();
  expect(await createSharedMemory(realHost, entry)).toMatchObject({
    outcome: 'repaired',
    changes: [expect.stringMatching(/^memory reserved, \d+ bytes were not$/)],
  });
  expect((await stat(entry.path)).blocks * 512).toBe(entry.bytes);
  expect(await realHost.run('head', ['-c', '4', entry.path])).toMatchObject({ stdout: 'LGMP' });
});

/** Stands for a machine whose processes all may be looked into, as root may. */
const seeingAll = {
  ...realHost,
  listFolder: async (path: string) => {
    if (path === '/proc') return ['1'];
    return path === '/proc/1/fd' ? [] : realHost.listFolder(path);
  },
  readText: async (path: string) => (path === '/proc/1/maps' ? '' : realHost.readText(path)),
};

test.each([
  [0, '0 MiB', 'as tmpfiles.d leaves it'],
  [2 ** 19, '524288 bytes', 'too small'],
  [2 ** 21, '2 MiB', 'too large'],
])('a file of %i bytes that nobody uses gives way to a new one', async (bytes, was) => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await writeFile(entry.path, Buffer.alloc(bytes));
  // Keeps the old inode's number from being given out again.
  await link(entry.path, `${entry.path}-old`);
  const result = await createSharedMemory(seeingAll, entry);
  expect(result.outcome).toBe('repaired');
  expect(result.changes[0]).toBe(`size 1 MiB, reserved, was ${was}`);
  expect(await ownerOf(entry.path)).toBe(`${entry.owner}:${entry.group} 660`);
  expect((await stat(entry.path)).size).toBe(entry.bytes);
  expect((await stat(`${entry.path}-old`)).size).toBe(bytes);
});

test('a file of the wrong size that a virtual machine uses is left alone, and it is named', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await writeFile(entry.path, 'too small');
  const file = await open(entry.path);
  const machine = spawn('sh', ['-c', 'read x', 'sh', '-name', 'guest=win10,debug-threads=on'], {
    stdio: ['pipe', 'ignore', 'ignore', file.fd],
  });
  await once(machine, 'spawn');
  await file.close();
  const before = await tracesOf(entry.path);
  try {
    await expect(createSharedMemory(realHost, entry)).rejects.toMatchObject({
      code: 'shm-busy',
      what: expect.stringMatching(
        new RegExp(
          `^${entry.path} has 9 bytes, 1 MiB are configured, and it is in use by ` +
            String.raw`the virtual machine win10 \(\S+, process ${machine.pid}\)\.$`,
        ),
      ),
      remedy: expect.stringContaining('Shut the virtual machine down'),
    });
    expect(await tracesOf(entry.path)).toEqual(before);
  } finally {
    const ended = once(machine, 'exit');
    machine.kill();
    await ended;
  }
});

/** Closes the first process, as all of other users are to an ordinary one. */
const seeingOwn = {
  ...realHost,
  listFolder: async (path: string) => {
    if (path !== '/proc/1/fd') return realHost.listFolder(path);
    throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  },
};

test('a file of the wrong size is left alone by who cannot see all its users', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await writeFile(entry.path, 'too small');
  const before = await tracesOf(entry.path);
  await expect(createSharedMemory(seeingOwn, entry)).rejects.toMatchObject({
    code: 'not-permitted',
    what: `Only root sees who uses ${entry.path}.`,
    remedy: 'Run "handglass shm create" as root.',
  });
  expect(await tracesOf(entry.path)).toEqual(before);
});

test('a file of the right size is repaired by who cannot see all its users', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  await chmod(entry.path, 0o644);
  expect(await createSharedMemory(seeingOwn, entry)).toEqual({
    outcome: 'repaired',
    changes: ['mode 0660, was 0644'],
  });
});

test.each([
  ['a folder', (path: string) => mkdir(path)],
  ['a symbolic link', (path: string) => symlink('/dev/shm/elsewhere', path)],
  ['a symbolic link', (path: string) => symlink('target', path)],
  ['a pipe, socket or device', (path: string) => realHost.run('mkfifo', [path])],
])('%s is refused and left as it is', async (kind, put) => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await writeFile(`${folder.path}/target`, 'untouched', { mode: 0o600 });
  await put(entry.path);
  const before = await lstat(entry.path);
  const target = await tracesOf(`${folder.path}/target`);
  await expect(createSharedMemory(realHost, entry)).rejects.toMatchObject({
    code: 'shm-failed',
    what: `${entry.path} is ${kind}, not a regular file.`,
    remedy: expect.stringContaining('remove it'),
  });
  expect(await lstat(entry.path)).toEqual(before);
  expect(await tracesOf(`${folder.path}/target`)).toEqual(target);
});

test('a socket is refused', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  const server = createServer().listen(entry.path);
  await once(server, 'listening');
  try {
    await expect(createSharedMemory(realHost, entry)).rejects.toMatchObject({ code: 'shm-failed' });
  } finally {
    const closed = once(server, 'close');
    server.close();
    await closed;
  }
});

test('a device is refused without being opened', async () => {
  const host = {
    ...realHost,
    openFile: async () => {
      throw new Error('opened');
    },
  };
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), path: '/dev/null' };
  await expect(createSharedMemory(host, entry)).rejects.toMatchObject({
    what: '/dev/null is a pipe, socket or device, not a regular file.',
  });
});

test("the kvmfr module's device is never made as a file", async () => {
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), path: '/dev/kvmfr0' };
  await expect(createSharedMemory(realHost, entry)).rejects.toMatchObject({
    code: 'shm-failed',
    what: '/dev/kvmfr0 is made by the kvmfr module, not by Handglass.',
  });
});

const full = {
  ...realHost,
  ...filesUnder('/', () => {
    throw Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
  }),
};

test('without room nothing is left, and it is said how much is missing and where', async () => {
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), bytes: 2 ** 50 };
  await expect(createSharedMemory(full, entry)).rejects.toMatchObject({
    code: 'shm-failed',
    what: expect.stringMatching(
      /^There is no room for the 1073741824 MiB of \S+: 10737\d+ MiB are missing on \/dev\/shm\.$/,
    ),
    remedy: expect.stringContaining('/dev/shm'),
  });
  expect(await readdir(folder.path)).toEqual([]);
});

test('with room but no memory the machine is said to be short of it', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await expect(createSharedMemory(full, entry)).rejects.toMatchObject({
    code: 'shm-failed',
    what: `There is no room for the 1 MiB of ${entry.path}: the machine is short of memory.`,
  });
  expect(await readdir(folder.path)).toEqual([]);
});

test.each([
  ['owner', 'There is no user "no-such-account" on this machine.'],
  ['group', 'There is no group "no-such-account" on this machine.'],
])('an unknown %s is refused before anything is made', async (field, what) => {
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), [field]: 'no-such-account' };
  await expect(createSharedMemory(realHost, entry)).rejects.toMatchObject({ code: 'config', what });
  expect(await readdir(folder.path)).toEqual([]);
});

test('a folder in which nobody may make files is not permitted', async () => {
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), path: '/sys/looking-glass' };
  await expect(createSharedMemory(realHost, entry)).rejects.toMatchObject({
    code: 'not-permitted',
    what: expect.stringContaining('/sys/looking-glass'),
  });
});

test('a folder that does not exist is named', async () => {
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), path: `${folder.path}/absent/looking-glass` };
  await expect(createSharedMemory(realHost, entry)).rejects.toMatchObject({
    code: 'shm-failed',
    what: expect.stringContaining(`${folder.path}/absent`),
  });
});

test('a file that another run replaced meanwhile is not removed', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await writeFile(entry.path, 'too small');
  await link(entry.path, `${entry.path}-old`);
  const racing = {
    ...seeingAll,
    listFolder: async (path: string) => {
      if (path === '/proc') {
        await realHost.replaceFile(entry.path, 'by another', 0o600);
      }
      return seeingAll.listFolder(path);
    },
  };
  await expect(createSharedMemory(racing, entry)).rejects.toMatchObject({
    code: 'shm-failed',
    what: `${entry.path} was changed by another program at this moment.`,
  });
  expect(await realHost.readText(entry.path)).toBe('by another');
});
