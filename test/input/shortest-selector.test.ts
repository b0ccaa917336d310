import { expect, test } from 'vitest';
import type { InputSelector } from '../../src/config/selectors.ts';
import { devicesNamed, shortestSelector } from '../../src/input/shortest-selector.ts';
import type { InputDevice } from '../../src/system/input.ts';
import { lidBits, mediaKeyBits, systemControlBits } from '../system/capability-bits.ts';
import { inputDevice } from './devices.ts';

const keyboard = inputDevice({ ids: ['usb-K_1-event-kbd'], port: '1-1', serial: 'K1' });
const media = inputDevice({
  ...keyboard,
  bits: mediaKeyBits,
  path: '/dev/input/event2',
  ids: ['usb-K_1-event-if01'],
});
const system = inputDevice({
  ...media,
  bits: systemControlBits,
  path: '/dev/input/event3',
  ids: [],
});
const other = inputDevice({ path: '/dev/input/event9', port: '1-9', name: 'Other' });
const unlike = { ...other, vendor: '1111' };

interface Case {
  device: InputDevice;
  among: InputDevice[];
  selector: InputSelector;
  others?: InputDevice[];
  reason: string;
}

test.each<Case>([
  {
    device: keyboard,
    among: [other],
    selector: { id: 'usb-K_1-event-kbd' },
    reason: 'it has a link of its own',
  },
  {
    device: { ...keyboard, ids: ['usb-Keyboard_1-event-kbd', 'usb-K_1-event-kbd'] },
    among: [],
    selector: { id: 'usb-K_1-event-kbd' },
    reason: 'of several links the shortest will do',
  },
  {
    device: keyboard,
    among: [system],
    selector: { id: 'usb-K_1-event-kbd' },
    reason: 'a node that is never taken does not count',
  },
  {
    device: keyboard,
    among: [media, other],
    selector: { serial: 'K1' },
    reason: 'a link names one of its two nodes only',
  },
  {
    device: media,
    among: [keyboard, other],
    selector: { serial: 'K1' },
    reason: 'each node has the selector of the whole device',
  },
  {
    device: { ...keyboard, ids: [] },
    among: [{ ...unlike, serial: 'K1' }],
    selector: { vendor: '0627', product: '0001' },
    reason: 'another device has the same serial number',
  },
  {
    device: { ...keyboard, ids: [], serial: null },
    among: [unlike],
    selector: { vendor: '0627', product: '0001' },
    reason: 'it has no serial number',
  },
  {
    device: { ...keyboard, ids: [], serial: 'K\u001b1' },
    among: [unlike],
    selector: { vendor: '0627', product: '0001' },
    reason: 'its serial number cannot be written down',
  },
  {
    device: { ...keyboard, ids: [], serial: null },
    among: [other],
    selector: { port: '1-1' },
    reason: 'another one of the model is plugged in',
  },
  {
    device: { ...keyboard, serial: null },
    among: [other],
    selector: { port: '1-1' },
    reason: 'the link is that of the one plugged in last',
  },
  {
    device: inputDevice(),
    among: [{ ...inputDevice({ name: 'Other' }), path: '/dev/input/event8' }],
    selector: { name: 'Keyboard' },
    reason: 'nothing but the name differs',
  },
  {
    device: inputDevice(),
    among: [other, { ...inputDevice(), path: '/dev/input/event8' }],
    selector: { name: 'Keyboard' },
    others: [{ ...inputDevice(), path: '/dev/input/event8' }],
    reason: 'none is exact, and by its ids there would be one more',
  },
])('$selector is the shortest where $reason', ({ device, among, selector, others = [] }) => {
  expect(shortestSelector(device, [device, ...among])).toEqual({ selector, others });
});

test('what is never taken has no selector', () => {
  const lid = inputDevice({ bits: lidBits });
  expect(shortestSelector(lid, [lid])).toBeNull();
});

test.each<{ selector: InputSelector; named: InputDevice[]; reason: string }>([
  { selector: { port: '1-1' }, named: [keyboard], reason: 'nodes on one port are one device' },
  { selector: { name: 'Absent' }, named: [], reason: 'it names nothing' },
  { selector: { name: '*' }, named: [keyboard, other], reason: 'it fits two devices' },
])('$selector names $named.length devices: $reason', ({ selector, named }) => {
  expect(devicesNamed(selector, [keyboard, media, system, other])).toEqual(named);
});

test('nodes that are not on USB are a device each', () => {
  const [first, second] = [inputDevice(), inputDevice({ path: '/dev/input/event2' })];
  expect(devicesNamed({ name: 'Keyboard' }, [first, second])).toEqual([first, second]);
});
