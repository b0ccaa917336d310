import { describe, expect, test } from 'vitest';
import type { State } from '../../src/server/protocol.ts';
import { type Desk, deskAfter, deskAtStart } from './soak-desk.ts';
import { complaintsAfterClash, complaintsOf, type Facts } from './soak-rest.ts';
import { disorderIn } from './soak-story.ts';

/** The mouse and the stick are with the domain, the second keyboard is unplugged. */
const desk: Desk = [
  { kind: 'unplug', device: 'keyboard2' } as const,
  { kind: 'give', to: 'win10' } as const,
].reduce(deskAfter, deskAtStart);

const held = (device: number, port: string) =>
  `<hostdev mode='subsystem' type='usb' managed='no'>
  <source><vendor id='0x0627'/><address bus='1' device='${device}'/></source>
  <alias name='ua-handglass-${port}'/>
</hostdev>`;
const view = (kind: 'input' | 'usb', selector: string, holder: string | null) => ({
  kind,
  selector,
  name: '',
  present: holder !== null,
  with: holder,
  problem: null,
});
const status: State = {
  number: 1,
  time: '2026-01-01T00:00:00.000Z',
  version: '0.1.0',
  seats: [
    {
      name: 'desk',
      owner: 'win10',
      domains: ['win10'],
      moving: false,
      move: null,
      repair: null,
      devices: [
        view('input', 'KBD1', 'win10'),
        view('usb', 'MOUSE1', 'win10'),
        view('usb', '46f4:0001', 'win10'),
        view('usb', '1-3', null),
      ],
    },
  ],
  domains: [{ name: 'win10', state: 'running' }],
  lookingGlass: [],
  guests: [],
  problems: [],
};
const usb = (serial: string, port: string, device: number, driver: string | null) => ({
  serial,
  port,
  bus: 1,
  device,
  drivers: [driver],
});
const right: Facts = {
  status,
  live: held(3, '1-2') + held(4, '2-4'),
  stored: '<domain/>',
  infoUsb:
    '  Device 0.1, Port 1, ID: ua-handglass-1-2\n  Device 0.2, Port 2, ID: ua-handglass-2-4\n',
  usb: [
    usb('KBD1', '1-1', 2, 'usbhid'),
    usb('MOUSE1', '1-2', 3, 'usbfs'),
    usb('STICK1', '2-4', 4, 'usbfs'),
  ],
  nodes: ['usb-QEMU_QEMU_USB_Keyboard_KBD1-event-kbd'],
  told: status,
  disorder: [],
};
const state = (changes: Partial<State>): Partial<Facts> => ({ status: { ...status, ...changes } });
const problem = { code: 'handoff-failed', message: '', remedy: '' };

test('where all is right there is nothing to say', () => {
  expect(complaintsOf(right, desk)).toEqual([]);
});

test.each<[string, Partial<Facts>]>([
  ['libvirt: ua-handglass-1-2 1:3 in place of', { live: held(3, '1-2') }],
  ['ua-handglass-2-4 1:9', { live: held(3, '1-2') + held(9, '2-4') }],
  ['ua-handglass-1-3 1:5', { live: `${right.live}${held(5, '1-3')}` }],
  ['QEMU: ua-handglass-1-2 in place of', { infoUsb: 'ID: ua-handglass-1-2\n' }],
  ['the stored XML has a device', { stored: held(3, '1-2') }],
  ['libvirt does not say what the domain has', { live: null }],
  ['QEMU runs, or does not', { infoUsb: null }],
  ['the driver of KBD1 (1-1) is nothing', { usb: [usb('KBD1', '1-1', 2, null)] }],
  ['ports: STICK1 4 in place of MOUSE1 2, STICK1 4', { usb: right.usb.slice(2) }],
  ['the driver of MOUSE1 (1-2) is usbhid', { usb: [usb('MOUSE1', '1-2', 3, 'usbhid')] }],
  ['nodes: mouse in place of', { nodes: ['usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse'] }],
  ['the service says service-down', { status: 'service-down' }],
  ['the seat: win10 true in place of', state({ seats: [{ ...status.seats[0]!, moving: true }] })],
  ['problems: handoff-failed in place of', state({ problems: [problem] })],
  ['watch has not told what status says', { told: { ...status, number: 0 } }],
  ['line 3 follows on 1', { disorder: ['line 3 follows on 1'] }],
  ['win10: paused in place of running', state({ domains: [{ name: 'win10', state: 'paused' }] })],
])('"%s" is said where it is so', (complaint, change) => {
  const all = complaintsOf({ ...right, ...change }, desk);
  expect(all).toContainEqual(expect.stringContaining(complaint));
});

test('while libvirt is away, only what the machine and the service say counts', () => {
  const away = { code: 'libvirt-unavailable', message: '', remedy: '' };
  const changed = state({ problems: [away] });
  const told = changed.status as State;
  const facts = { ...right, ...changed, told, live: null, stored: null };
  expect(complaintsOf(facts, deskAfter(desk, { kind: 'kill libvirtd' }))).toEqual([]);
});

describe('after a clash', () => {
  const fault = deskAfter(deskAtStart, { kind: 'unplug', device: 'keyboard2' });
  const devices = status.seats[0]!.devices.map((device) =>
    device.selector === 'MOUSE1' ? { ...device, with: 'host' } : device,
  );
  const changed = state({ seats: [{ ...status.seats[0]!, devices }] });
  const half: Facts = {
    ...right,
    ...changed,
    told: changed.status as State,
    live: held(4, '2-4'),
    infoUsb: 'ID: ua-handglass-2-4\n',
    usb: [...right.usb.slice(0, 1), usb('MOUSE1', '1-2', 3, 'usbhid'), ...right.usb.slice(2)],
    nodes: [...right.nodes, 'usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse'],
  };

  test('the seat may be with either, and is whole', () => {
    expect(complaintsAfterClash(right, fault, false)).toEqual([]);
    expect(complaintsAfterClash(half, fault, false)).toEqual([
      'all that is with win10 is KBD1 win10, 46f4:0001 win10',
    ]);
  });

  test('what the service says is so, also of a seat that may be in two places', () => {
    expect(complaintsAfterClash(half, fault, true)).toEqual([]);
    expect(complaintsAfterClash({ ...half, live: right.live }, fault, true)).toHaveLength(2);
    expect(complaintsAfterClash({ ...half, status: 'service-down' }, fault, true)).toEqual([
      'the service says service-down',
    ]);
  });
});

const [seat] = status.seats;
const move = { number: 7, to: 'host', why: 'chord', failure: null };
const next = (changes: Partial<NonNullable<typeof seat>>): State => ({
  ...status,
  number: 2,
  seats: [{ ...seat!, ...changes }],
});

test.each<[string, State]>([
  ['nothing', next({})],
  ['a move', next({ owner: 'host', move })],
  ['a device that was pulled out', next({ owner: 'host', devices: seat!.devices.slice(1) })],
  ['the state of the domain', { ...next({ owner: 'host' }), domains: [] }],
])('what changes by %s is in order', (_, state) => {
  expect(disorderIn(status, state)).toEqual([]);
});

test.each<[string, State]>([
  ['line 3 follows on 1', { ...next({}), number: 3 }],
  ['line 2 is of before 1', { ...next({}), time: '2025-12-31T00:00:00.000Z' }],
  ['line 2 has the seat with host, and no reason', next({ owner: 'host' })],
])('"%s" is said of what is not', (complaint, state) => {
  expect(disorderIn(status, state)).toEqual([complaint]);
});
