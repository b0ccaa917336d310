import { expect, test } from 'vitest';
import { mayBeTaken, reasonToLeave } from '../../src/input/taking.ts';
import * as bits from '../system/capability-bits.ts';
import { inputDevice } from './devices.ts';

test.each([
  { device: 'a keyboard, power key and all', of: { bits: bits.keyboardBits } },
  { device: 'a mouse', of: { bits: bits.mouseBits } },
  { device: 'a gamepad', of: { bits: bits.gamepadBits } },
  {
    device: 'the media keys of a USB keyboard, power key and all',
    of: { bits: bits.mediaKeyBits, port: '1-1' },
  },
  { device: "another program's virtual device", of: { phys: 'py-evdev-uinput' } },
  {
    device: 'a mouse with a power key',
    of: { bits: { ...bits.powerButtonBits, rel: '3' } },
  },
])('$device may be taken', ({ of }) => {
  expect(mayBeTaken(inputDevice(of))).toBe(true);
});

test.each([
  {
    device: 'a proxy of a domain',
    of: { phys: 'handglass/win10-keyboard' },
    reason: 'it is a proxy of Handglass',
  },
  {
    device: 'a proxy of the host',
    of: { phys: 'handglass/host-desk-keyboard' },
    reason: 'it is a proxy of Handglass',
  },
  {
    device: 'a lid',
    of: { bits: bits.lidBits },
    reason: 'it has a switch, such as a lid, of which the host must know',
  },
  {
    device: "a laptop's keyboard with a switch in it",
    of: { bits: { ...bits.keyboardBits, sw: '2' } },
    reason: 'it has a switch, such as a lid, of which the host must know',
  },
  { device: 'a power button', of: { bits: bits.powerButtonBits }, reason: 'it is a power button' },
  {
    device: 'the power keys of a USB keyboard',
    of: { bits: bits.systemControlBits, port: '1-1' },
    reason: 'it is a power button',
  },
  {
    device: "a laptop's power and volume buttons",
    of: { bits: { ...bits.nothingBits, key: '1c000000000000 0' } },
    reason: 'it is a power button',
  },
])('$device is left alone: $reason', ({ of, reason }) => {
  expect(reasonToLeave(inputDevice(of))).toBe(reason);
  expect(mayBeTaken(inputDevice(of))).toBe(false);
});
