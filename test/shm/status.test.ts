import { mkdir, open, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/host/ports.ts';
import { createSharedMemory, type SharedMemoryFile } from '../../src/shm/file.ts';
import { lookingGlassHeader, sharedMemoryStatus } from '../../src/shm/status.ts';
import { headerBytes, recoveryBytes, type Written } from './header-bytes.ts';
import { fileIn, memoryFolder, realHost } from './real-host.ts';

/** A clock that stands still but for its sleepers; `during` is what the machine does meanwhile. */
function sleepingClock(during: (now: number) => Promise<void> = async () => {}) {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
      await during(now);
    },
  };
  return clock;
}

async function write(path: string, offset: number, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offset);
}

const hostOf: Record<string, (entry: SharedMemoryFile, written: Written) => Promise<void>> = {
  'protocol 6': ({ path }, written) => write(path, 0, headerBytes({ ...written, protocol: 6 })),
  'protocol 10': ({ path }, written) => write(path, 0, headerBytes({ ...written, protocol: 10 })),
  development: ({ path, bytes }, written) => write(path, bytes - 65_536, recoveryBytes(written)),
};

const generations = Object.entries(hostOf);
const written = { protocol: 12, sessionId: 3, heartbeat: 1000, hostVersion: 'B7' };

test.each(generations)('a host of %s whose heartbeat goes on is alive', async (_, beat) => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  await beat(entry, written);
  const clock = sleepingClock(async (now) => {
    if (now >= 250) await beat(entry, { ...written, heartbeat: 1250 });
  });
  expect(await sharedMemoryStatus({ ...realHost, ...clock }, entry)).toMatchObject({
    problems: [],
    host: 'alive',
    header: { heartbeat: 1250, hostVersion: 'B7' },
  });
  expect(clock.now()).toBe(300);
});

test.each(generations)('a host of %s whose heartbeat stands still is dead', async (_, beat) => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  await beat(entry, written);
  const clock = sleepingClock();
  expect(await sharedMemoryStatus({ ...realHost, ...clock }, entry)).toMatchObject({
    host: 'dead',
    header: { sessionId: 3 },
  });
  expect(clock.now()).toBe(1500);
});

test('a host that starts anew is alive', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  const start = (sessionId: number) =>
    write(entry.path, 0, headerBytes({ ...written, protocol: 6, sessionId }));
  await start(3);
  const clock = sleepingClock(() => start(4));
  expect(await sharedMemoryStatus({ ...realHost, ...clock }, entry)).toMatchObject({
    host: 'alive',
    header: { sessionId: 4 },
  });
});

test('a file that no host has written has none, and is not watched', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  const clock = sleepingClock();
  expect(await sharedMemoryStatus({ ...realHost, ...clock }, entry)).toEqual({
    path: entry.path,
    found: { kind: 'file', bytes: 2 ** 20, owner: entry.owner, group: entry.group, mode: '0660' },
    problems: [],
    host: 'none',
    header: null,
  });
  expect(clock.now()).toBe(0);
});

test('what differs from the configuration is said', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  const configured = { ...entry, bytes: 2 ** 26, mode: 0o600, owner: 'no-such', group: 'no-such' };
  const status = await sharedMemoryStatus({ ...realHost, ...sleepingClock() }, configured);
  expect(status.problems).toEqual([
    'Its size is 1 MiB, configured is 64 MiB.',
    `Its owner is ${entry.owner}, configured is no-such.`,
    `Its group is ${entry.group}, configured is no-such.`,
    'Its mode is 0660, configured is 0600.',
  ]);
});

test('accounts that are configured by id are right', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  const { uid, gid } = await stat(entry.path);
  const configured = { ...entry, owner: String(uid), group: String(gid) };
  const status = await sharedMemoryStatus({ ...realHost, ...sleepingClock() }, configured);
  expect(status.problems).toEqual([]);
});

test.each([
  ['empty', 0],
  ['of one page', 4096],
])('a file that is %s has no host', async (_, bytes) => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  await truncate(entry.path, bytes);
  const status = await sharedMemoryStatus({ ...realHost, ...sleepingClock() }, entry);
  expect(status).toMatchObject({ host: 'none', found: { bytes } });
});

test('an absent file is a problem', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  expect(await sharedMemoryStatus({ ...realHost, ...sleepingClock() }, entry)).toEqual({
    path: entry.path,
    found: null,
    problems: ['It does not exist: `sudo handglass shm create` makes it.'],
    host: 'none',
    header: null,
  });
});

test('what is no regular file is a problem', async () => {
  await using folder = await memoryFolder();
  const entry = { ...(await fileIn(folder)), path: folder.path };
  expect(await sharedMemoryStatus({ ...realHost, ...sleepingClock() }, entry)).toMatchObject({
    found: { kind: 'folder' },
    problems: ['It is not a regular file.'],
    host: 'none',
  });
});

test('who still uses a removed file is named', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  await using user = await open(entry.path);
  await rm(entry.path);
  await createSharedMemory(realHost, entry);
  expect((await user.stat()).nlink).toBe(0);
  const { problems } = await sharedMemoryStatus({ ...realHost, ...sleepingClock() }, entry);
  expect(problems).toEqual([
    expect.stringMatching(
      new RegExp(`^A removed file of this name is still used by \\S+, process ${process.pid}`),
    ),
  ]);
});

test('a file that may not be read has a problem in place of a host', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await createSharedMemory(realHost, entry);
  const host = {
    ...realHost,
    ...sleepingClock(),
    openFile: async () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    },
  };
  expect(await sharedMemoryStatus(host, entry)).toMatchObject({
    problems: ['It cannot be read, so its host is not known: permission denied.'],
    host: 'none',
  });
});

test('watching ends when it is aborted', async () => {
  await using folder = await memoryFolder();
  const entry = await fileIn(folder);
  await writeFile(entry.path, headerBytes({ ...written, protocol: 6 }));
  const abort = new AbortController();
  const clock = sleepingClock(async () => abort.abort(new Error('enough')));
  await expect(sharedMemoryStatus({ ...realHost, ...clock }, entry, abort.signal)).rejects.toThrow(
    'enough',
  );
});

test.each<[string, (path: string) => Promise<unknown>]>([
  ['nothing', async () => {}],
  ['an empty file', (path) => writeFile(path, '')],
  ['a folder', (path) => mkdir(path)],
  ['a symbolic link', (path) => symlink('elsewhere', path)],
])('%s has no header', async (_, put) => {
  await using folder = await memoryFolder();
  const { path } = await fileIn(folder);
  await put(path);
  expect(await lookingGlassHeader(realHost, path)).toBeNull();
});

test.each(['EACCES', 'EPERM'])(
  'whether a file has a header is not known after %s',
  async (code) => {
    const host = {
      ...realHost,
      openFile: async () => {
        throw Object.assign(new Error(code), { code });
      },
    };
    await expect(lookingGlassHeader(host, '/dev/shm/closed')).rejects.toMatchObject({ code });
  },
);
