import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { LookingGlass } from '../../src/config/schema.ts';
import { watchLookingGlass } from '../../src/daemon/looking-glass.ts';
import { filesUnder } from '../../src/host/files.ts';
import { manualClock } from '../host/clocks.ts';
import { headerBytes } from '../shm/header-bytes.ts';

function entry(path: string): LookingGlass {
  const use = { width: 2560, height: 1440, hdr: false, for: 'any' as const };
  return { domain: 'win10', path, owner: 'alice', group: 'kvm', mode: 0o660, ...use };
}

/** Watches some files; each `look` is the next one, and gives what is seen then. */
async function start(...names: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-looking-glass-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const clock = manualClock();
  const changed = vi.fn<() => void>();
  const ending = new AbortController();
  const files = filesUnder(folder, () => {});
  const host = { ...files, ...clock };
  const watch = watchLookingGlass(
    host,
    names.map((name) => entry(`/${name}`)),
    changed,
  );
  const states = () => watch.view().map((each) => each.host);
  let ended: Promise<void> | undefined;
  async function look() {
    if (ended === undefined) ended = watch.run(ending.signal);
    else clock.advance(5000);
    await clock.awaited(1);
    return states();
  }
  const write = (name: string, heartbeat: number, sessionId = 1) =>
    writeFile(
      join(folder, name),
      headerBytes({ protocol: 6, sessionId, heartbeat, hostVersion: 'B7' }),
    );
  const end = async () => {
    ending.abort();
    await ended;
  };
  return { host, watch, changed, look, write, states, end, clock };
}

test('before the first look nothing is known but the size', async () => {
  const { watch } = await start('lg');
  expect(watch.view()).toEqual([
    {
      domain: 'win10',
      path: '/lg',
      mib: 64,
      resolution: '2560x1440',
      fileMib: null,
      present: true,
      host: 'unknown',
    },
  ]);
});

test('a host is known by a heartbeat that goes on, and dead when it stops', async () => {
  const { look, write, changed, end } = await start('lg');
  expect(await look()).toEqual(['none']);
  await write('lg', 1);
  expect(await look()).toEqual(['unknown']);
  await write('lg', 2);
  expect(await look()).toEqual(['alive']);
  await write('lg', 3);
  expect(await look()).toEqual(['alive']);
  expect(await look()).toEqual(['dead']);
  await write('lg', 3, 2);
  expect(await look()).toEqual(['alive']);
  expect(changed).toHaveBeenCalledTimes(5);
  await end();
});

test('a file that is missing is told, and when it comes', async () => {
  const { look, watch, write, changed, end } = await start('lg');
  await look();
  expect(watch.view()).toMatchObject([{ present: false, host: 'none' }]);
  expect(changed).toHaveBeenCalledTimes(1);
  await write('lg', 1);
  await look();
  expect(watch.view()).toMatchObject([{ present: true }]);
  await end();
});

test("the file's size is told, and when it changes", async () => {
  const { look, watch, host, changed, end } = await start('lg');
  const resize = async (bytes: number) => {
    const file = await host.openFile('/lg', 'create').catch(() => host.openFile('/lg', 'write'));
    await file.setSize(bytes);
    await file.close();
  };
  await resize(32 * 1024 * 1024);
  await look();
  expect(watch.view()).toMatchObject([{ fileMib: 32 }]);
  await resize(64 * 1024 * 1024);
  await look();
  expect(watch.view()).toMatchObject([{ fileMib: 64 }]);
  expect(changed).toHaveBeenCalledTimes(2);
  await end();
});

test('each file has its own host, and one change is told for all', async () => {
  const { look, write, changed, end } = await start('one', 'two');
  await write('one', 1);
  expect(await look()).toEqual(['unknown', 'none']);
  await write('one', 2);
  await write('two', 1);
  expect(await look()).toEqual(['alive', 'unknown']);
  expect(changed).toHaveBeenCalledTimes(2);
  await end();
});

test('it looks every 5 s and not before', async () => {
  const { look, write, states, clock, end } = await start('lg');
  await look();
  await write('lg', 1);
  clock.advance(4999);
  await clock.awaited(1);
  expect(states()).toEqual(['none']);
  clock.advance(1);
  await expect.poll(states, { timeout: 60_000 }).toEqual(['unknown']);
  await end();
});

test('memory that cannot be read is unknown, and ends nothing', async () => {
  const clock = manualClock();
  const ending = new AbortController();
  const { host } = await start();
  const refusal = Object.assign(new Error('EINVAL: invalid argument, read'), { code: 'EINVAL' });
  const openFile = () => Promise.reject(refusal);
  const watch = watchLookingGlass({ ...host, ...clock, openFile }, [entry('/kvmfr0')], () => {});
  const ended = watch.run(ending.signal);
  await clock.awaited(1);
  expect(watch.view()).toMatchObject([{ host: 'unknown' }]);
  ending.abort();
  await ended;
});

test('other rights of a file are told of once, though the view has none', async () => {
  const { host, look, write, changed, watch } = await start('lg');
  await write('lg', 1);
  await look();
  await look();
  const before = watch.view();
  changed.mockClear();
  await host.setMode('/lg', 0o600);
  await look();
  expect(changed).toHaveBeenCalledTimes(1);
  await look();
  expect(changed).toHaveBeenCalledTimes(1);
  expect(watch.view()).toEqual(before);
});
