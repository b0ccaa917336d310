/** Bitmaps in the words in which the kernel prints them, of devices as they are sold. */
import type { CapabilityTexts } from '../../src/system/input-capabilities.ts';

const none: CapabilityTexts = { key: '0', rel: '0', abs: '0', sw: '0' };

export const keyboardBits: CapabilityTexts = {
  ...none,
  key: '1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe',
};

export const mouseBits: CapabilityTexts = { ...none, key: '1f0000 0 0 0 0', rel: '903' };

/** The node of a USB keyboard's media keys, which claims every consumer key and a volume axis. */
export const mediaKeyBits: CapabilityTexts = {
  ...none,
  key: '3f000300ff 0 0 483ffff17aff32d bfd4444600000000 1 130c730b17c000 267bfad9415fed 9e168000004400 10000002',
  rel: '1040',
  abs: '100000000',
};

/** The node that has a USB keyboard's power, sleep and wake-up keys. */
export const systemControlBits: CapabilityTexts = { ...none, key: 'c000 10000000000000 0' };

export const powerButtonBits: CapabilityTexts = { ...none, key: '10000000000000 0' };

export const lidBits: CapabilityTexts = { ...none, sw: '1' };

export const gamepadBits: CapabilityTexts = {
  ...none,
  key: '7cdb000000000000 0 0 0 0',
  abs: '3003f',
};

export const touchpadBits: CapabilityTexts = {
  ...none,
  key: 'e520 10000 0 0 0 0',
  abs: '2e0800000000003',
};

export const penBits: CapabilityTexts = { ...none, key: '1c03 0 0 0 0 0', abs: 'd000003' };

export const touchscreenBits: CapabilityTexts = {
  ...none,
  key: '400 0 0 0 0 0',
  abs: '2673800000000003',
};

/** The emulated one, which moves a mouse's pointer to a place. */
export const absoluteMouseBits: CapabilityTexts = {
  ...none,
  key: '1f0000 0 0 0 0',
  rel: '900',
  abs: '3',
};

export const nothingBits: CapabilityTexts = none;
