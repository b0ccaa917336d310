import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { lookingGlassFile, manualClock, seat, startService } from '../server/support.ts';
import type { DeviceState, State } from '../../src/server/protocol.ts';
import { at, handglass, onTerminal } from './handglass.ts';

const nothing: State = {
  number: 1,
  time: '2026-01-01T00:00:00.000Z',
  version: '0.1.0',
  seats: [],
  domains: [],
  lookingGlass: [],
  guests: [],
  problems: [],
};

const mouse: DeviceState = {
  kind: 'usb',
  selector: '1532:0037',
  name: 'Razer DeathAdder',
  present: true,
  with: 'host',
  problem: null,
};
const keyboard: DeviceState = { ...mouse, kind: 'input', selector: 'KBD1', name: 'QEMU Keyboard' };
const headset: DeviceState = { ...mouse, selector: '1-2.3', name: '', present: false, with: null };

const desk: State = {
  ...nothing,
  seats: [seat('desk', { devices: [keyboard, mouse, headset] })],
  domains: [{ name: 'win10', state: 'running' }],
  lookingGlass: [lookingGlassFile()],
};

async function statusOf(state: State, ...flags: string[]) {
  const { folder } = await startService({ state, clock: manualClock() });
  const { stdout, stderr, status } = await handglass(['status', ...flags], at(folder));
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

test('status says so when nothing is configured', async () => {
  expect(await statusOf(nothing)).toMatchInlineSnapshot(`
    "No seat is configured.
    "
  `);
});

test('status shows a seat that the host has', async () => {
  expect(await statusOf(desk)).toMatchInlineSnapshot(`
    "seat desk: with host; can go to win10
      input  QEMU Keyboard     KBD1       host
      usb    Razer DeathAdder  1532:0037  host
      usb    1-2.3                        not plugged in

    domain         win10  running
    looking glass  win10  /dev/shm/looking-glass  64 MiB, host alive
    "
  `);
});

test('status shows a seat that a domain has', async () => {
  const given = seat('desk', {
    owner: 'win10',
    domains: ['win10', 'linux'],
    devices: [keyboard, { ...mouse, with: 'win10' }],
  });
  expect(await statusOf({ ...desk, seats: [given] })).toMatchInlineSnapshot(`
    "seat desk: with win10; can go to host, linux
      input  QEMU Keyboard     KBD1       host
      usb    Razer DeathAdder  1532:0037  win10

    domain         win10  running
    looking glass  win10  /dev/shm/looking-glass  64 MiB, host alive
    "
  `);
});

test('status shows an optical drive by its name and its path', async () => {
  const drive: DeviceState = { ...mouse, kind: 'optical', selector: '/dev/sr0', name: 'ASUS DVD' };
  const problem =
    'It cannot leave the host: /dev/sr0 is mounted on /media/cd. Say `sudo umount /media/cd`.';
  const devices = [
    { ...drive, problem },
    { ...drive, selector: '/dev/sr1', name: '', present: false },
  ];
  expect(await statusOf({ ...nothing, seats: [seat('desk', { devices })] })).toMatchInlineSnapshot(`
    "seat desk: with host; can go to win10
      optical  ASUS DVD  /dev/sr0  host
        It cannot leave the host: /dev/sr0 is mounted on /media/cd. Say \`sudo umount /media/cd\`.
      optical  /dev/sr1            not plugged in
    "
  `);
});

test('status shows a seat that is moving', async () => {
  expect(await statusOf({ ...nothing, seats: [seat('desk', { moving: true })] }))
    .toMatchInlineSnapshot(`
      "seat desk: with host, moving
        usb  Razer DeathAdder  1532:0037  host
      "
    `);
});

test('status aligns the devices of all seats, and says what is wrong with one', async () => {
  const problem = 'Another program attached it to linux, and only that program can detach it.';
  const seats = [
    seat('desk', { devices: [keyboard, mouse] }),
    seat('couch with a long name', {
      owner: 'linux',
      domains: ['linux', 'win10'],
      devices: [
        { ...mouse, name: 'Pad', selector: '046d:c21d', with: 'linux', problem },
        { ...mouse, name: '', selector: 'A1B2', with: null },
      ],
    }),
    seat('bench', { devices: [] }),
  ];
  expect(await statusOf({ ...nothing, seats })).toMatchInlineSnapshot(`
    "seat desk: with host; can go to win10
      input  QEMU Keyboard     KBD1       host
      usb    Razer DeathAdder  1532:0037  host
    seat couch with a long name: with linux; can go to host, win10
      usb    Pad               046d:c21d  linux
        Another program attached it to linux, and only that program can detach it.
      usb    A1B2                         nobody
    seat bench: with host; can go to win10
    "
  `);
});

test('status shows every state of a Looking Glass host', async () => {
  const hosts = ['alive', 'dead', 'none', 'unknown', 'of a later version'];
  const lookingGlass = hosts.map((host) => lookingGlassFile({ host }));
  expect(await statusOf({ ...nothing, lookingGlass })).toMatchInlineSnapshot(`
    "No seat is configured.

    looking glass  win10  /dev/shm/looking-glass  64 MiB, host alive
    looking glass  win10  /dev/shm/looking-glass  64 MiB, host stopped
    looking glass  win10  /dev/shm/looking-glass  64 MiB, no host
    looking glass  win10  /dev/shm/looking-glass  64 MiB, host not known yet
    looking glass  win10  /dev/shm/looking-glass  64 MiB, host of a later version
    "
  `);
});

test('status says of a file that is missing what makes it', async () => {
  const lookingGlass = ['/dev/shm/looking-glass', '/dev/kvmfr0'].map((path) =>
    lookingGlassFile({ path, fileMib: null, present: false, host: 'none' }),
  );
  expect(await statusOf({ ...nothing, lookingGlass })).toMatchInlineSnapshot(`
    "No seat is configured.

    looking glass  win10  /dev/shm/looking-glass  64 MiB, file missing: \`sudo handglass shm create\` makes it
    looking glass  win10  /dev/kvmfr0             64 MiB, file missing: the module kvmfr makes it
    "
  `);
});

test('status shows guests, problems with their remedies below, and what is waited for', async () => {
  const problems = [
    { code: 'libvirt-unavailable', message: 'libvirt does not answer.', remedy: 'Start it.' },
    { code: 'listen-failed', message: 'Guests cannot connect.\nNobody can.', remedy: '' },
  ];
  const waiting = [
    { code: 'address-absent', message: 'Guests cannot connect yet.', remedy: 'Wait.' },
  ];
  const service = await startService({ state: { ...desk, problems, waiting } });
  const { id } = await service.guests.pair('win10');
  const { stdout } = await handglass(['status'], at(service.folder));
  expect(stdout.replace(id, '0123456789ab')).toMatchInlineSnapshot(`
    "seat desk: with host; can go to win10
      input  QEMU Keyboard     KBD1       host
      usb    Razer DeathAdder  1532:0037  host
      usb    1-2.3                        not plugged in

    domain         win10  running
    looking glass  win10  /dev/shm/looking-glass  64 MiB, host alive
    guest          win10  0123456789ab            never seen

    problem: libvirt does not answer.
             Start it.
    problem: Guests cannot connect.
             Nobody can.
    waiting: Guests cannot connect yet.
             Wait.
    "
  `);
});

test('status --json is the whole state on one line', async () => {
  const text = await statusOf(desk, '--json');
  expect(JSON.parse(text)).toEqual(desk);
  expect(text).toMatchInlineSnapshot(`
    "{"number":1,"time":"2026-01-01T00:00:00.000Z","version":"0.1.0","seats":[{"name":"desk","owner":"host","domains":["win10"],"moving":false,"move":null,"repair":null,"devices":[{"kind":"input","selector":"KBD1","name":"QEMU Keyboard","present":true,"with":"host","problem":null},{"kind":"usb","selector":"1532:0037","name":"Razer DeathAdder","present":true,"with":"host","problem":null},{"kind":"usb","selector":"1-2.3","name":"","present":false,"with":null,"problem":null}]}],"domains":[{"name":"win10","state":"running"}],"lookingGlass":[{"domain":"win10","path":"/dev/shm/looking-glass","mib":64,"resolution":"2560x1440","fileMib":64,"present":true,"host":"alive"}],"guests":[],"problems":[]}
    "
  `);
});

test('status has colours on a terminal alone, and none there with NO_COLOR', async () => {
  const problems = [{ code: 'busy', message: 'libvirt does not answer.', remedy: 'Start it.' }];
  const { folder } = await startService({ state: { ...desk, problems } });
  const { env } = at(folder);
  const plain = await handglass(['status'], { env });
  const shown = await onTerminal(['status'], env);
  expect(shown.replaceAll('\u001B', '^')).toMatchInlineSnapshot(`
    "seat desk: with ^[1mhost^[22m; can go to win10
      input  QEMU Keyboard     KBD1       host
      usb    Razer DeathAdder  1532:0037  host
      usb    1-2.3                        ^[33mnot plugged in^[39m

    domain         win10  running
    looking glass  win10  /dev/shm/looking-glass  64 MiB, host alive

    problem: ^[31mlibvirt does not answer.^[39m
             Start it.
    "
  `);
  expect(stripVTControlCharacters(shown)).toBe(plain.stdout);
  expect(await onTerminal(['status'], { ...env, NO_COLOR: '1' })).toBe(plain.stdout);
});
