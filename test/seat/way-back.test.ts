import { expect, test } from 'vitest';
import type { Config, Seat } from '../../src/config/schema.ts';
import { configSchema } from '../../src/config/schema.ts';
import { lastKeyboardRefusals } from '../../src/seat/way-back.ts';
import type { InputDevice } from '../../src/system/input.ts';
import { inputDevice } from '../input/devices.ts';
import { gamepadBits, mouseBits } from '../system/capability-bits.ts';
import { usbDevice } from '../usb/devices.ts';

const keyboard = usbDevice({ port: '1-1', name: 'Keyboard' });
const stick = usbDevice({ port: '1-2', name: 'Stick' });
const usbKeys = inputDevice({ path: '/dev/input/event1', port: '1-1', phys: 'usb-0/input0' });
const other = inputDevice({ path: '/dev/input/event2', port: '1-3', phys: 'usb-1/input0' });
const macros = { ...other, name: 'Mouse Keyboard', phys: 'usb-1/input1' };
const pointing = inputDevice({ port: '1-3', phys: 'usb-1/input0', bits: mouseBits });
const receiver = { ...pointing, phys: 'usb-1/input1' };
const made = inputDevice({ path: '/dev/input/event3', name: 'keyd virtual keyboard' });
const proxy = { ...made, phys: 'handglass/host-keyboard' };
const mapped = { ...made, phys: 'input-remapper' };
const mouse = usbDevice({ port: '1-3', name: 'Mouse' });
const adapter = usbDevice({ port: '1-4', name: 'Adapter', classes: ['e0'], drivers: ['btusb'] });
const address = '00:1a:7d:da:71:13';
const wireless = inputDevice({ path: '/dev/input/event5', name: 'Keys', phys: address });
const buttons = inputDevice({ path: '/dev/input/event4', name: 'Mouse', bits: mouseBits });
const roaming = { ...buttons, name: 'Roaming mouse', phys: address };
const gamepad = inputDevice({ path: '/dev/input/event6', phys: 'usb-2/input0', bits: gamepadBits });

const chordOf = (keys: string) => ({ seat: 'desk', keys, to: 'host' });

function configWith(toml: Record<string, unknown> = {}): Config {
  const seats = [
    { name: 'desk', domains: ['win10'], input: [{ name: 'Mouse' }] },
    { name: 'sofa', domains: ['win11'] },
  ];
  return configSchema.parse({ seat: seats, ...toml });
}

function refusals(
  input: readonly InputDevice[],
  facts: {
    devices?: (typeof keyboard)[];
    config?: Config;
    seat?: string;
    hasGuest?: boolean;
    hasPanel?: boolean;
  } = {},
) {
  const { devices = [keyboard, stick], config = configWith() } = facts;
  const { hasGuest = false, hasPanel = false } = facts;
  const usb = [keyboard, stick, mouse, adapter];
  const seat = config.seats.find(({ name }) => name === (facts.seat ?? 'desk')) as Seat;
  const hands = { config, input, usb, hasGuest, hasPanel };
  return lastKeyboardRefusals({ seat, domain: 'win10', devices }, hands);
}

const refusal = {
  subject: 'Keyboard (port 1-1)',
  reason: 'the host would be left without a keyboard, and nothing could bring it back',
  remedy:
    'Name a keyboard in `input`, where chords are heard, or let the guest give it back: `handglass guest pair win10`, with an address to call in `listen` of [server]. The panel can too, as long as it is open and a mouse stays that no seat names: `handglass panel`.',
};

test.each<{ input: InputDevice[]; reason: string }>([
  { input: [usbKeys], reason: 'there is no other' },
  { input: [usbKeys, { ...usbKeys, path: '/dev/input/event9' }], reason: 'it has two nodes' },
  { input: [usbKeys, made], reason: 'the other is made by a program' },
  { input: [usbKeys, mapped], reason: 'the other is made by a program that says otherwise' },
  { input: [usbKeys, proxy], reason: 'the other is a proxy' },
  { input: [usbKeys, pointing, macros], reason: "the other is a mouse's, for its macros" },
  { input: [usbKeys, buttons], reason: 'a mouse stays, and every chord takes a keyboard' },
])('the last keyboard is refused when $reason', ({ input }) => {
  expect(refusals(input)).toEqual([refusal]);
});

test.each<{ input: InputDevice[]; devices?: (typeof keyboard)[]; reason: string }>([
  { input: [usbKeys, other], reason: 'another one stays' },
  { input: [usbKeys, inputDevice({ phys: 'isa0060/serio0/input0' })], reason: 'one is not on USB' },
  { input: [usbKeys, wireless], reason: 'one is on Bluetooth, and the adapter stays' },
  { input: [usbKeys, other, wireless], devices: [keyboard, adapter], reason: 'a third one stays' },
  { input: [made], devices: [adapter], reason: 'no keyboard is on the adapter that goes' },
  { input: [usbKeys, other, receiver], reason: 'the other is on a receiver that has a mouse too' },
  { input: [usbKeys], devices: [stick], reason: 'it is not among the devices that go' },
  { input: [buttons], reason: 'there has not been any' },
])('nothing is refused when $reason', ({ input, ...facts }) => {
  expect(refusals(input, facts)).toEqual([]);
});

test('every keyboard that goes is named', () => {
  const devices = [keyboard, usbDevice({ port: '1-3', name: 'Other' }), stick];
  expect(refusals([usbKeys, other], { devices }).map(({ subject }) => subject)).toEqual([
    'Keyboard (port 1-1)',
    'Other (port 1-3)',
  ]);
});

test('the last keyboard is refused with the Bluetooth adapter that it is on', () => {
  const withIt = `the keyboard Keys on Bluetooth would go with it, ${refusal.reason}`;
  const remedy =
    'Plug in a keyboard, or let the guest give it back: `handglass guest pair win10`, with an address to call in `listen` of [server]. The panel can too, as long as it is open and a mouse stays that no seat names: `handglass panel`.';
  const refused = { subject: 'Adapter (port 1-4)', reason: withIt, remedy };
  expect(refusals([wireless, buttons], { devices: [adapter, stick] })).toEqual([refused]);
  expect(refusals([usbKeys, wireless], { devices: [keyboard, adapter] })).toEqual([
    refusal,
    refused,
  ]);
});

test('a mouse on the Bluetooth adapter that goes hears no chord', () => {
  const config = configWith({ chords: { panic: 'btn_side+btn_extra' } });
  const pointer = { ...buttons, phys: address };
  expect(refusals([usbKeys, pointer], { config })).toEqual([]);
  expect(refusals([usbKeys, pointer], { config, devices: [keyboard, adapter] })).toHaveLength(1);
});

test('a guest that may give it back is a way', () => {
  expect(refusals([usbKeys], { hasGuest: true })).toEqual([]);
});

const seatWith = (devices: object) => ({
  seat: [{ name: 'desk', domains: ['win10'], ...devices }],
});

test.each<{ input: InputDevice; seats?: Record<string, unknown>; count: number; reason: string }>([
  { input: pointing, count: 0, reason: 'a mouse that no seat names can press its buttons' },
  { input: { ...pointing, port: null }, count: 0, reason: 'that mouse may be on no port' },
  { input: roaming, count: 0, reason: 'it may be on Bluetooth' },
  { input: { ...pointing, phys: '' }, count: 1, reason: 'the mouse is made by a program' },
  { input: gamepad, count: 1, reason: 'what is there has no buttons of a mouse' },
  {
    input: pointing,
    seats: seatWith({ input: [{ port: '1-3' }] }),
    count: 1,
    reason: 'a seat reads the mouse',
  },
  {
    input: pointing,
    seats: seatWith({ usb: [{ class: 'hid' }] }),
    count: 1,
    reason: 'the mouse may go by USB',
  },
  {
    input: roaming,
    seats: seatWith({ usb: [{ port: '1-4' }] }),
    count: 1,
    reason: 'the adapter of the mouse may go by USB',
  },
])('with the panel open $count are refused: $reason', ({ input, seats = {}, count }) => {
  const config = configWith(seats);
  expect(refusals([usbKeys, input], { config, hasPanel: true })).toHaveLength(count);
  expect(refusals([usbKeys, input], { config })).toHaveLength(1);
});

test('a mouse on the receiver of a keyboard that a seat reads is not among the several that go', () => {
  const config = configWith({
    seat: [
      { name: 'desk', domains: ['win10'], input: [{ name: 'Receiver' }], usb: [{ class: 'hid' }] },
    ],
  });
  const macro = { ...macros, name: 'Receiver' };
  expect(refusals([usbKeys, pointing, macro], { config, hasPanel: true })).toEqual([]);
});

test.each([
  { toml: { chord: [chordOf('btn_side+btn_extra')] }, seat: 'desk', count: 0 },
  { toml: { chord: [chordOf('leftctrl+btn_extra')] }, seat: 'desk', count: 1 },
  { toml: { chord: [chordOf('btn_side+btn_extra')] }, seat: 'sofa', count: 1 },
  {
    toml: { chord: [{ ...chordOf('btn_side+btn_extra'), to: 'win10' }] },
    seat: 'desk',
    count: 1,
  },
  { toml: { chords: { toggle: 'btn_side+btn_extra' } }, seat: 'desk', count: 0 },
  { toml: { chords: { toggle: 'btn_side+btn_extra' } }, seat: 'sofa', count: 1 },
  { toml: { chords: { panic: 'btn_side+btn_extra' } }, seat: 'sofa', count: 0 },
])('of $seat, $count are refused with the mouse of desk and $toml', ({ toml, seat, count }) => {
  const config = configWith(toml);
  expect(refusals([usbKeys, buttons], { config, seat })).toHaveLength(count);
  expect(refusals([usbKeys], { config, seat })).toHaveLength(1);
});
