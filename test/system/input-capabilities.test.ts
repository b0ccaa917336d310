import { expect, test } from 'vitest';
import { capabilitiesFrom, type CapabilityTexts } from '../../src/system/input-capabilities.ts';
import * as bits from './capability-bits.ts';

test.each<{ device: string; texts: CapabilityTexts; kind: string; can: string[] }>([
  {
    device: 'a keyboard',
    texts: bits.keyboardBits,
    kind: 'keyboard',
    can: ['keys', 'typing', 'media', 'power'],
  },
  { device: 'a mouse', texts: bits.mouseBits, kind: 'mouse', can: ['pointer'] },
  {
    device: 'media keys with a volume axis and a wheel',
    texts: bits.mediaKeyBits,
    kind: 'buttons',
    can: ['keys', 'media', 'power'],
  },
  { device: 'system keys', texts: bits.systemControlBits, kind: 'buttons', can: ['keys', 'power'] },
  {
    device: 'a power button',
    texts: bits.powerButtonBits,
    kind: 'buttons',
    can: ['keys', 'power'],
  },
  { device: 'a lid', texts: bits.lidBits, kind: 'switch', can: ['switches'] },
  { device: 'a gamepad', texts: bits.gamepadBits, kind: 'gamepad', can: ['absolute'] },
  {
    device: 'a touchpad',
    texts: bits.touchpadBits,
    kind: 'touchpad',
    can: ['pointer', 'absolute'],
  },
  { device: 'a pen tablet', texts: bits.penBits, kind: 'tablet', can: ['absolute'] },
  { device: 'a touch screen', texts: bits.touchscreenBits, kind: 'touchscreen', can: ['absolute'] },
  {
    device: 'an emulated tablet',
    texts: bits.absoluteMouseBits,
    kind: 'tablet',
    can: ['pointer', 'absolute'],
  },
  { device: 'a device that only blinks', texts: bits.nothingBits, kind: 'other', can: [] },
])('$device is of the kind $kind and has $can', ({ texts, kind, can }) => {
  const found = capabilitiesFrom(texts);
  const had = Object.entries(found.capabilities).flatMap(([name, has]) => (has ? [name] : []));
  expect({ kind: found.kind, had }).toEqual({ kind, had: can });
});

const bitmap = (...codes: number[]) => {
  const all = codes.reduce((sum, code) => sum | (1n << BigInt(code)), 0n);
  const words = [];
  for (let rest = all; rest !== 0n; rest >>= 64n)
    words.unshift((rest & (2n ** 64n - 1n)).toString(16));
  return words.join(' ') || '0';
};

test.each([
  { code: 0xff, keys: true, reason: 'the last key before the buttons' },
  { code: 0x100, keys: false, reason: 'the first button' },
  { code: 0x15f, keys: false, reason: 'the last button' },
  { code: 0x160, keys: true, reason: 'the first key behind the buttons' },
  { code: 0x2ff, keys: true, reason: 'the last key' },
])('code $code alone is a key: $keys, being $reason', ({ code, keys }) => {
  const { capabilities } = capabilitiesFrom({ ...bits.nothingBits, key: bitmap(code) });
  expect(capabilities.keys).toBe(keys);
});

test('a keypad without all letters is nothing to type on', () => {
  const letters = [16, 17, 18, 30, 31, 32, 44, 45, 46];
  const found = capabilitiesFrom({ ...bits.nothingBits, key: bitmap(...letters) });
  expect(found).toMatchObject({ kind: 'buttons', capabilities: { keys: true, typing: false } });
});

test('a keyboard is one, whatever it has besides', () => {
  const texts = { ...bits.keyboardBits, rel: '3', abs: '3', sw: '1' };
  const expected = { pointer: true, absolute: true, switches: true };
  expect(capabilitiesFrom(texts)).toMatchObject({ kind: 'keyboard', capabilities: expected });
});

test('a line end behind the words is no word', () => {
  const texts = { ...bits.nothingBits, sw: '1\n' };
  expect(capabilitiesFrom(texts).kind).toBe('switch');
});
