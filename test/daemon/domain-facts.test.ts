import { expect, test } from 'vitest';
import { domainReader } from '../../src/daemon/domain-facts.ts';
import type { Domain } from '../../src/domain/domain.ts';
import { DomainRefusal } from '../../src/domain/refusal.ts';
import type { Hostdevs } from '../../src/domain/usb-hostdev.ts';
import { HandglassError } from '../../src/errors.ts';

const mouse = { bus: 1, device: 7, alias: 'ua-handglass-1-2' };
const linux: Domain = { name: 'linux', state: 'running' };
const win10: Domain = { name: 'win10', state: 'running' };
const away = new HandglassError('libvirt-unavailable', 'libvirt is away.');
const silent = new HandglassError('qemu-unavailable', 'QEMU is silent.');

/** A source that has domains, all of them with the mouse, until it fails; of ports one tells. */
function sourceOf(...domains: Domain[]) {
  const source = {
    domains,
    failure: null as Error | null,
    asked: [] as string[],
    async list() {
      if (source.failure !== null) throw source.failure;
      return source.domains;
    },
    async usbOf(domain: string): ReturnType<Hostdevs['usbOf']> {
      source.asked.push(domain);
      return { hostdevs: [mouse], ports: domain === 'win10' ? { all: 8, free: 7 } : null };
    },
  };
  return source;
}

function start(libvirt = sourceOf(linux), qemu = sourceOf(win10)) {
  const failures: (readonly HandglassError[])[] = [];
  const read = domainReader([libvirt, qemu], new Set(['linux', 'win10']), (now) =>
    failures.push(now),
  );
  return { libvirt, qemu, read, failures };
}

const both = {
  domains: [linux, win10],
  attached: new Map([
    ['linux', [mouse]],
    ['win10', [mouse]],
  ]),
  drives: new Map([
    ['linux', []],
    ['win10', []],
  ]),
  stale: new Set(),
  ports: new Map([['win10', { all: 8, free: 7 }]]),
};

test('the domains of every source are together, and nothing has failed', async () => {
  const { read, failures } = start();
  expect(await read()).toEqual(both);
  expect(failures).toEqual([[]]);
});

test('what other domains have is asked at first, and again as long as some of it is by our doing', async () => {
  const libvirt = sourceOf(
    { name: 'other', state: 'running' },
    { name: 'third', state: 'running' },
  );
  const held = new Map([['other', [mouse]]]);
  libvirt.usbOf = async (domain) => {
    libvirt.asked.push(domain);
    return { hostdevs: held.get(domain) ?? [{ ...mouse, alias: null }], ports: null };
  };
  const { read } = start(libvirt);
  expect((await read()).attached.get('other')).toEqual([mouse]);
  await read();
  held.clear();
  await read();
  await read();
  expect(libvirt.asked).toEqual(['other', 'third', 'other', 'other']);
});

test('what another domain has need not be seen', async () => {
  const libvirt = sourceOf({ name: 'other', state: 'running' }, linux);
  libvirt.usbOf = async (domain) => {
    if (domain === 'other') throw new DomainRefusal('access denied');
    return { hostdevs: [mouse], ports: null };
  };
  const { read, failures } = start(libvirt);
  const { attached } = await read();
  expect([attached.get('other'), attached.get('linux')]).toEqual([[], [mouse]]);
  expect(failures).toEqual([[]]);
});

test('only domains that run and that a seat names are asked what they have', async () => {
  const others: Domain[] = [
    { name: 'other', state: 'running' },
    { name: 'linux', state: 'shut off' },
  ];
  const { read, libvirt } = start(sourceOf(...others));
  libvirt.usbOf = async (domain) => {
    libvirt.asked.push(domain);
    return { hostdevs: [], ports: null };
  };
  await read();
  libvirt.asked.length = 0;
  expect(await read()).toEqual({
    domains: [...others, win10],
    attached: new Map([['win10', [mouse]]]),
    drives: new Map([['win10', []]]),
    stale: new Set(),
    ports: new Map([['win10', { all: 8, free: 7 }]]),
  });
  expect(libvirt.asked).toEqual([]);
});

test('a source that fails hides nothing of the others, and what it said last stands', async () => {
  const { read, libvirt, qemu, failures } = start();
  await read();
  libvirt.failure = away;
  qemu.domains = [{ name: 'win10', state: 'shut off' }];
  expect(await read()).toEqual({
    domains: [linux, { name: 'win10', state: 'shut off' }],
    attached: new Map([['linux', [mouse]]]),
    drives: new Map([['linux', []]]),
    stale: new Set(['linux']),
    ports: new Map(),
  });
  expect(failures.at(-1)).toEqual([away]);
  libvirt.failure = null;
  await read();
  expect(failures.at(-1)).toEqual([]);
});

test('a domain of which a failing source has never told has no state', async () => {
  const { read, libvirt } = start();
  libvirt.failure = away;
  expect(await read()).toEqual({
    domains: [
      win10,
      {
        name: 'linux',
        state: 'no state',
        start: '`handglass status` shows what keeps it from being asked.',
      },
    ],
    attached: new Map([['win10', [mouse]]]),
    drives: new Map([['win10', []]]),
    stale: new Set(['linux']),
    ports: new Map([['win10', { all: 8, free: 7 }]]),
  });
});

test('what a domain has cannot be read: the source has failed', async () => {
  const { read, qemu, failures } = start();
  await read();
  qemu.usbOf = () => Promise.reject(new Error('It said no.'));
  expect(await read()).toEqual({ ...both, stale: new Set(['win10']) });
  expect(failures.at(-1)).toMatchObject([
    { code: 'internal', message: 'The domains cannot be read: It said no.' },
  ]);
});

test('where every source fails nothing is known, and each failure is told once', async () => {
  const { read, libvirt, qemu, failures } = start();
  libvirt.failure = away;
  qemu.failure = silent;
  await expect(read()).rejects.toBe(away);
  expect(failures).toEqual([[silent]]);
});

test.each(['paused', 'crashed', 'shut down', 'shutting down'] as const)(
  'what a domain that is %s has is known',
  async (state) => {
    const { read, qemu } = start();
    qemu.domains = [{ ...win10, state }];
    expect((await read()).attached.get('win10')).toEqual([mouse]);
  },
);

test.each(['shut off', 'no state'] as const)('one that is %s has nothing', async (state) => {
  const { read, qemu } = start();
  qemu.domains = [{ ...win10, state }];
  expect((await read()).attached.has('win10')).toBe(false);
  expect(qemu.asked).toEqual([]);
});
