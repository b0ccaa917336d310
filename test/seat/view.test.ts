import { expect, test } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import type { UsbHostdev } from '../../src/domain/usb-hostdev.ts';
import { type Facts, viewSeat } from '../../src/seat/view.ts';
import type { UsbDevice } from '../../src/system/usb.ts';
import type { UsbUses } from '../../src/usb/refusals.ts';
import { inputDevice } from '../input/devices.ts';
import { noUses, usbDevice, usbHub } from '../usb/devices.ts';

const seat: Seat = {
  name: 'desk',
  domains: ['win10', 'win11'],
  input: [],
  usb: [{ serial: 'MOUSE' }, { serial: 'STICK' }],
  optical: [],
  swallow: false,
  onStart: 'stay',
  onPause: 'host',
  onSuspend: 'stay',
};

function usb(port: string, device: number, serial: string): UsbDevice {
  return usbDevice({ port, device, serial, name: `QEMU ${serial}` });
}

const mouse = usb('1-1', 2, 'MOUSE');
const stick = usb('1-2.3', 3, 'STICK');
const heldMouse = { bus: 1, device: 2, alias: 'ua-handglass-1-1' };
const heldStick = { bus: 1, device: 3, alias: 'ua-handglass-1-2_3' };

function facts(attached: Record<string, UsbHostdev[]> = {}, devices = [mouse, stick]): Facts {
  return {
    input: [],
    heard: new Set(),
    usb: devices,
    uses: noUses,
    domains: [],
    attached: new Map(Object.entries(attached)),
    optical: [],
    drives: new Map(),
    stale: new Set(),
    processes: new Map(),
    younger: new Set(),
    ports: new Map(),
  };
}

test.each<{
  attached: Record<string, UsbHostdev[]>;
  holders: string[];
  owner: string;
  why: string;
}>([
  { attached: {}, holders: ['host', 'host'], owner: 'host', why: 'no domain runs' },
  { attached: { win10: [] }, holders: ['host', 'host'], owner: 'host', why: 'none has any' },
  {
    attached: { win10: [heldMouse, heldStick] },
    holders: ['win10', 'win10'],
    owner: 'win10',
    why: 'one has all',
  },
  {
    attached: { win10: [], win11: [heldStick] },
    holders: ['host', 'win11'],
    owner: 'win11',
    why: 'one has a part',
  },
  {
    attached: { win11: [heldMouse], win10: [heldStick] },
    holders: ['win11', 'win10'],
    owner: 'win10',
    why: 'of two that have a part the first of the seat counts',
  },
  {
    attached: { other: [heldMouse] },
    holders: ['other', 'host'],
    owner: 'host',
    why: 'the seat does not list the domain that has one',
  },
  {
    attached: { win10: [{ ...heldMouse, device: 9 }] },
    holders: ['host', 'host'],
    owner: 'host',
    why: 'what a domain has was pulled out and is another device now',
  },
  {
    attached: { win10: [{ ...heldMouse, bus: 2 }] },
    holders: ['host', 'host'],
    owner: 'host',
    why: 'the number is that of a device on another bus',
  },
])(
  'devices are with $holders and the owner is $owner when $why',
  ({ attached, holders, owner }) => {
    const view = viewSeat(seat, facts(attached), 'host');
    expect(view.owner).toBe(owner);
    expect(view.devices.map((device) => device.with)).toEqual(holders);
    expect(view.devices.map(({ problem }) => problem)).toEqual([null, null]);
  },
);

test('a seat shows its name, its domains and each device by its selector', () => {
  expect(viewSeat(seat, facts({}, [mouse]), 'host')).toEqual({
    name: 'desk',
    owner: 'host',
    domains: ['win10', 'win11'],
    devices: [
      {
        kind: 'usb',
        selector: 'MOUSE',
        name: 'QEMU MOUSE',
        port: '1-1',
        present: true,
        with: 'host',
        problem: null,
      },
      { kind: 'usb', selector: 'STICK', name: '', present: false, with: null, problem: null },
    ],
  });
});

test.each([null, 'hostdev0', 'ua-handglass-9-9'])(
  'a device that another program attached, as %s, is with the domain, and the seat is not',
  (alias) => {
    const attached = { win10: [{ ...heldMouse, alias }] };
    const { owner, devices } = viewSeat(seat, facts(attached), 'host');
    expect(owner).toBe('host');
    expect(devices[0]).toMatchObject({
      with: 'win10',
      problem:
        'Another program attached it to win10. Take it out of win10 with `virsh edit win10`, and with `virsh detach-device` while it runs; or take it out of `usb` in the configuration.',
    });
  },
);

const alike: Seat = { ...seat, usb: [{ vendor: '0627', product: '0001' }] };
const ambiguity =
  '2 USB devices match 0627:0001. Select one: QEMU MOUSE is { serial = "MOUSE" }, QEMU STICK is { serial = "STICK" }.';

test.each<{ attached: Record<string, UsbHostdev[]>; holder: string | null; why: string }>([
  { attached: {}, holder: null, why: 'no domain has one of them' },
  { attached: { win10: [], win11: [heldStick] }, holder: 'win11', why: 'a domain has one of them' },
  {
    attached: { win10: [{ ...heldMouse, alias: null }] },
    holder: null,
    why: 'another program attached one of them',
  },
])('an ambiguous selector is a problem, with $holder when $why', ({ attached, holder }) => {
  const { owner, devices } = viewSeat(alike, facts(attached), 'host');
  expect(owner).toBe(holder ?? 'host');
  expect(devices).toEqual([
    {
      kind: 'usb',
      selector: '0627:0001',
      name: '',
      present: true,
      with: holder,
      problem: ambiguity,
    },
  ]);
});

test('a selector of several has a line for each device, and one where none is plugged in', () => {
  const several: Seat = { ...seat, usb: [{ class: 'hid' }, { hub: '1-2' }, { class: 'audio' }] };
  const { owner, devices } = viewSeat(several, facts({ win11: [heldStick] }), 'host');
  expect(owner).toBe('win11');
  expect(devices).toMatchObject([
    { selector: 'class hid', port: '1-1', present: true, with: 'host' },
    { selector: 'class hid', port: '1-2.3', present: true, with: 'win11' },
    { selector: 'hub 1-2', port: '1-2.3', present: true, with: 'win11' },
    { selector: 'class audio', name: '', present: false, with: null },
  ]);
});

const keyboard = inputDevice({ path: '/dev/input/event4', port: '1-3' });
const mediaKeys = { ...keyboard, path: '/dev/input/event5', name: 'Keyboard Media' };
const heard = new Set([keyboard.path, mediaKeys.path]);
const desk: Seat = { ...seat, input: [{ port: '1-3' }, { name: 'Absent*' }] };

test('input devices come first, and are named by their first node', () => {
  const { devices } = viewSeat(desk, { ...facts(), input: [keyboard, mediaKeys], heard }, 'host');
  expect(devices.slice(0, 2)).toEqual([
    {
      kind: 'input',
      selector: '1-3',
      name: 'Keyboard',
      present: true,
      with: 'host',
      problem: null,
    },
    { kind: 'input', selector: 'Absent*', name: '', present: false, with: null, problem: null },
  ]);
});

const stays =
  'It is with the host. Where the XML of win10 names no keyboard and mouse of Handglass, `handglass input --domain win10 --xml` prints what to put there; otherwise give the seat again.';

test.each<{
  attached: Record<string, UsbHostdev[]>;
  inputOwner: string;
  owner: string;
  problem: string | null;
  reason: string;
}>([
  {
    attached: {},
    inputOwner: 'win10',
    owner: 'win10',
    problem: null,
    reason: 'a domain has the input devices alone',
  },
  {
    attached: { win10: [heldMouse] },
    inputOwner: 'win10',
    owner: 'win10',
    problem: null,
    reason: 'a domain has both kinds',
  },
  {
    attached: { win10: [heldMouse] },
    inputOwner: 'win11',
    owner: 'win11',
    problem: null,
    reason: 'the input devices count before the USB devices',
  },
  {
    attached: { win10: [heldMouse] },
    inputOwner: 'host',
    owner: 'win10',
    problem: stays,
    reason: 'a domain has the USB devices alone',
  },
])('the owner is $owner when $reason', ({ attached, inputOwner, owner, problem }) => {
  const view = viewSeat(desk, { ...facts(attached), input: [keyboard], heard }, inputOwner);
  expect(view.owner).toBe(owner);
  expect(view.devices.slice(0, 2)).toMatchObject([
    { with: inputOwner, problem },
    { with: null, problem: null },
  ]);
});

test('an input device that cannot be read stays with the host, whoever has its seat', () => {
  const view = viewSeat(desk, { ...facts(), input: [keyboard] }, 'win10');
  expect(view.devices[0]).toMatchObject({
    present: true,
    with: 'host',
    problem: 'It stays with the host: Handglass cannot read it.',
  });
});

test('a seat without devices is with the host', () => {
  const empty: Seat = { ...seat, usb: [] };
  expect(viewSeat(empty, facts({ win10: [heldMouse] }), 'host')).toMatchObject({
    owner: 'host',
    devices: [],
  });
});

const hub = usbHub('1-2');
const uses: UsbUses = {
  disks: new Map([['1-2.3', [{ kind: 'mounted', node: '/dev/sda1', places: ['/mnt'] }]]]),
  sources: new Map([['1-1', { seat: 'sofa', selector: '{ port = "1-1" }' }]]),
};

test('a device that cannot go is shown with the reason and the way around', () => {
  const refused: Seat = { ...seat, usb: [...seat.usb, { port: '1-2' }] };
  const { devices } = viewSeat(refused, { ...facts({}, [mouse, stick, hub]), uses }, 'host');
  expect(devices.map(({ with: holder, problem }) => `${holder}: ${problem}`)).toEqual([
    'host: It cannot leave the host: the seat "sofa" reads it by { port = "1-1" }. Remove QEMU MOUSE (port 1-1) from one of the two lists: `input` of "sofa", or `usb`.',
    'host: It cannot leave the host: /dev/sda1 is mounted on /mnt. Say `sudo umount /mnt`.',
    'host: It cannot leave the host: it is a hub, and all that is plugged in below it would vanish. What is plugged in below it goes by { hub = "1-2" }.',
  ]);
});

test('what a seat reads is not shown by a selector of several', () => {
  const several: Seat = { ...seat, usb: [{ class: 'hid' }] };
  const { devices } = viewSeat(several, { ...facts(), uses }, 'host');
  expect(devices.map(({ port }) => port)).toEqual(['1-2.3']);
});

test('a device that has gone is not shown as one that cannot go', () => {
  const { devices } = viewSeat(seat, { ...facts({ win10: [heldMouse, heldStick] }), uses }, 'host');
  expect(devices.map(({ problem }) => problem)).toEqual([null, null]);
});
