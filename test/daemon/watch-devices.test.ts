import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchDevices } from '../../src/daemon/watch-devices.ts';
import { createSysfs } from '../system/sysfs.ts';

async function start() {
  const { host, write, link, remove } = await createSysfs();
  const changed = vi.fn<() => void>();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const watchNow = watchDevices(host, changed, ending.signal, ['/dev/disk/by-id/ata-DVD']);
  const told = async () => {
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { interval: 5, timeout: 60_000 });
    changed.mockClear();
  };
  return { host, write, link, remove, changed, ending, watchNow, told };
}

test('a machine without devices is watched for nothing', async () => {
  const { watchNow, changed } = await start();
  await watchNow();
  expect(changed).not.toHaveBeenCalled();
});

test.each([
  { path: '/dev/input/event4', reason: 'an event device comes' },
  { path: '/dev/input/by-id/usb-kbd', reason: 'a link comes' },
  { path: '/dev/bus/usb/001/002', reason: 'a USB device comes' },
  { path: '/dev/bus/usb/002/first', reason: 'a bus comes' },
  { path: '/dev/disk/by-id/ata-DVD', reason: 'an optical drive comes' },
])('a change is told when $reason', async ({ path }) => {
  const { watchNow, write, told } = await start();
  await write('/dev/input/by-id/there', '');
  await write('/dev/bus/usb/001/001', '');
  await write('/dev/disk/by-id/other', '');
  await watchNow();
  await write(path, '');
  await told();
});

test('a change is told when a device goes, or gets its rights', async () => {
  const { host, watchNow, write, remove, told } = await start();
  await write('/dev/input/event4', '');
  await write('/dev/bus/usb/001/001', '');
  await watchNow();
  await remove('/dev/input/event4');
  await told();
  await host.setMode('/dev/bus/usb/001/001', 0o660);
  await told();
});

test('a folder that comes later is watched from the next call on', async () => {
  const { watchNow, write, link, told } = await start();
  await write('/dev/input/event4', '');
  await watchNow();
  await link('../event4', '/dev/input/by-id/one');
  await told();
  await watchNow();
  await link('../event4', '/dev/input/by-id/two');
  await told();
});

test('a folder that was made anew is watched from the next call on', async () => {
  const { host, watchNow, write, remove, told, changed } = await start();
  await write('/dev/bus/usb/001/001', '');
  await watchNow();
  const { ino } = await host.factsOf('/dev/bus/usb/001');
  await remove('/dev/bus/usb/001');
  // Keeps a file system that is not /dev's from giving the number to the new folder.
  for (let number = 0; ; number += 1) {
    const path = `/other/${number}`;
    await write(`${path}/file`, '');
    if ((await host.factsOf(path)).ino !== ino) break;
  }
  await write('/dev/bus/usb/001/001', '');
  await told();
  await watchNow();
  await setImmediate();
  changed.mockClear();
  await write('/dev/bus/usb/001/002', '');
  await told();
});

test('calls that find nothing new watch nothing twice', async () => {
  const { host, write } = await start();
  await write('/dev/input/by-id/there', '');
  await write('/dev/bus/usb/001/001', '');
  const watched: string[] = [];
  const watchFolder = (path: string) => void watched.push(path);
  const watchNow = watchDevices({ ...host, watchFolder }, () => {}, new AbortController().signal);
  await watchNow();
  await watchNow();
  expect(watched).toEqual(['/dev/input', '/dev/input/by-id', '/dev/bus/usb', '/dev/bus/usb/001']);
});

test('a folder that was made anew is watched in place of the old one, all until the end', async () => {
  const { host, write } = await start();
  await write('/dev/input/event4', '');
  let ino = 1;
  const signals: AbortSignal[] = [];
  const ending = new AbortController();
  const watchNow = watchDevices(
    {
      ...host,
      factsOf: async (path) => ({ ...(await host.factsOf(path)), ino }),
      watchFolder: (_, __, signal) => void signals.push(signal),
    },
    () => {},
    ending.signal,
  );
  await watchNow();
  ino = 2;
  await watchNow();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  ending.abort();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('a folder that goes between two looks at it is left to the next call', async () => {
  const { host, write } = await start();
  await write('/dev/input/event4', '');
  let gone = true;
  const watched: string[] = [];
  const watchFolder = (path: string) => {
    if (gone) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    watched.push(path);
  };
  const watchNow = watchDevices({ ...host, watchFolder }, () => {}, new AbortController().signal);
  await watchNow();
  gone = false;
  await watchNow();
  expect(watched).toEqual(['/dev/input']);
});

test('a folder that cannot be watched is told', async () => {
  const { host, write } = await start();
  await write('/dev/input/event4', '');
  const full = Object.assign(new Error('ENOSPC, watch'), { code: 'ENOSPC' });
  const watchFolder = () => {
    throw full;
  };
  const watchNow = watchDevices({ ...host, watchFolder }, () => {}, new AbortController().signal);
  await expect(watchNow()).rejects.toBe(full);
});
