import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Facts } from '../../src/doctor/facts.ts';
import { looks } from '../../src/doctor/looks.ts';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import type { Follow } from '../../src/host/ports.ts';
import { gtx970 } from '../machines/gtx-970.ts';
import { buildWithSoftware, type Software } from '../machines/software.ts';
import { manualClock } from '../server/support.ts';

const configuration = `[[looking-glass]]
domain = "win10"
resolution = "2560x1440"
owner = "alice"
`;

const software: Software = {
  as: 'alice',
  firmware: 'efi',
  qemu: '8.2.2',
  libvirt: '',
  hasService: true,
  configuration,
  files: {
    '/dev/shm/looking-glass': '',
    '/etc/modprobe.d/vfio.conf': 'options vfio-pci ids=1:2\n',
  },
};

interface Waiting {
  result: { isThere: boolean; facts?: Facts };
}

const silent: Follow['follow'] = async function* silent() {};

/** Looks at a machine, whose time goes on only while somebody waits for a look. */
async function start(follow: Follow['follow'] = silent, changes: Partial<Software> = {}) {
  const built = await buildWithSoftware(gtx970, { ...software, ...changes });
  const clock = manualClock();
  const ending = new AbortController();
  let count = 0;
  const options = {
    configPath: '/etc/handglass/handglass.toml',
    async virsh() {
      count += 1;
      return built.virsh();
    },
  };
  const host = {
    ...built.machine,
    ...clock,
    follow,
    watchFolder: built.host.watchFolder.bind(built.host),
  };
  const looking = looks(host, options, ending.signal);
  let waiting: Waiting | null = null;
  async function keep(result: Waiting['result']): Promise<void> {
    const { value } = await looking.next();
    result.isThere = true;
    if (value !== undefined) result.facts = value as Facts;
  }
  function ask(): Waiting {
    if (waiting !== null) return waiting;
    const result: Waiting['result'] = { isThere: false };
    void keep(result);
    waiting = { result };
    return waiting;
  }
  onTestFinished(async () => {
    ending.abort();
    await looking.return(undefined);
  });
  return {
    ...built,
    ending,
    /** How often libvirt was asked. */
    asked: () => count,
    next: async (): Promise<Facts | undefined> => {
      const { result } = ask();
      await vi.waitUntil(
        () => {
          clock.advance(2000);
          return result.isThere;
        },
        { interval: 5, timeout: 60_000 },
      );
      waiting = null;
      return result.facts;
    },
    /** Whether no look is due within a time that is long for folders to tell of what they have. */
    isQuiet: async (): Promise<boolean> => {
      const { result } = ask();
      for (let turn = 0; turn < 30; turn += 1) {
        clock.advance(2000);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return !result.isThere;
    },
  };
}

const verdictOf = (facts: Facts | undefined, id: string) =>
  facts === undefined
    ? undefined
    : doctorReport(facts)
        .subjects.flatMap(({ results }) => results)
        .find((each) => each.id === id)?.verdict;

test('nothing is looked at again while nothing changes, whatever else is written', async () => {
  const { next, isQuiet, write } = await start();
  await next();
  await write('/etc/handglass/notes', 'Read by nobody.\n');
  await write('/etc/modprobe.d/vfio.conf', 'options vfio-pci ids=1:2\n');
  await write('/sys/bus/pci/devices/0000:01:00.0/power_state', 'D3hot\n');
  expect(await isQuiet()).toBe(true);
});

test('a file that lies in memory, where no folder tells, is seen to be otherwise', async () => {
  const { next, root } = await start();
  expect(verdictOf(await next(), 'looking-glass.rights')).toBe('problem');
  await chmod(join(root, '/dev/shm/looking-glass'), 0o660);
  expect(verdictOf(await next(), 'looking-glass.rights')).toBe('ok');
});

test.each([
  { what: 'a file that is written', path: '/etc/handglass/handglass.toml' },
  { what: 'a file that comes', path: '/etc/kernel/cmdline' },
  { what: 'a file that comes with two folders', path: '/run/libvirt/libvirt-sock' },
])('a folder tells of $what', async ({ path }) => {
  const { next, write } = await start();
  const before = await next();
  await write(path, '[[seat]]\n');
  const after = await next();
  expect(after).not.toEqual(before);
});

test('a folder that was made anew tells of what comes after', async () => {
  const { next, write, remove } = await start();
  await next();
  await remove('/etc/modprobe.d');
  await next();
  await write('/etc/modprobe.d/vfio.conf', 'options vfio-pci ids=10de:13c2\n');
  await next();
  await write('/etc/modprobe.d/vfio.conf', 'options vfio-pci ids=10de:0fbb\n');
  const facts = await next();
  expect(JSON.stringify(facts?.kernel)).toContain('10de:0fbb');
});

const driverOf = (facts: Facts | undefined) =>
  facts?.pci.devices.find(({ class: kind }) => kind?.startsWith('0300'))?.driver;

test('another driver is seen', async () => {
  const { next, remove, link } = await start();
  const first = await next();
  const card = first?.pci.devices.find(({ class: kind }) => kind?.startsWith('0300'));
  const file = `/sys/bus/pci/devices/${card?.address}/driver`;
  await remove(file).catch(() => {});
  await link('../../../bus/pci/drivers/vfio-pci', file);
  expect(driverOf(await next())).toBe('vfio-pci');
});

test('a line of the log that is known brings a look, and no other', async () => {
  const lines = Promise.withResolvers<string>();
  const { next, isQuiet } = await start(async function* log(command, _args, signal) {
    if (command !== 'journalctl') return;
    yield 'usb 1-2: new high-speed USB device number 4';
    const ended = new Promise<string>((resolve) =>
      signal.addEventListener('abort', () => resolve('')),
    );
    yield await Promise.race([lines.promise, ended]);
  });
  await next();
  expect(await isQuiet()).toBe(true);
  lines.resolve("vfio-pci 0000:01:00.0: BAR 1: can't reserve [mem 0xd0000000-0xdfffffff]");
  expect(await next()).not.toBe(undefined);
});

test('libvirt is followed for as long as it can be asked', async () => {
  const followed: string[][] = [];
  const event = Promise.withResolvers<string>();
  const { next, asked } = await start(
    async function* events(command, args, signal) {
      if (command !== 'virsh') return;
      followed.push([...args]);
      const ended = new Promise<string>((resolve) =>
        signal.addEventListener('abort', () => resolve('')),
      );
      yield await Promise.race([event.promise, ended]);
      await ended;
    },
    { as: 'root', libvirt: '10.0.0', domains: {} },
  );
  await next();
  await vi.waitUntil(() => followed.length === 1);
  await next();
  const before = asked();
  event.resolve('event lifecycle for domain win10: Started Booted');
  await next();
  expect(asked()).toBeGreaterThan(before);
  expect(followed).toEqual([['--quiet', '--connect', 'qemu:///system', 'uri; event --all --loop']]);
});

test('it ends at once when it is told to, in the middle of a pause too', async () => {
  const { next, ending } = await start();
  await next();
  const end = next();
  ending.abort();
  expect(await end).toBe(undefined);
});
