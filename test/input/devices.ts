import type { InputDevice } from '../../src/system/input.ts';
import { capabilitiesFrom, type CapabilityTexts } from '../../src/system/input-capabilities.ts';
import { keyboardBits } from '../system/capability-bits.ts';

/** A keyboard that is not on USB, and what is other about this one. */
export function inputDevice({
  bits = keyboardBits,
  ...changes
}: Partial<InputDevice> & { bits?: CapabilityTexts } = {}): InputDevice {
  return {
    path: '/dev/input/event1',
    ids: [],
    name: 'Keyboard',
    vendor: '0627',
    product: '0001',
    port: null,
    serial: null,
    phys: '',
    ...changes,
    ...capabilitiesFrom(bits),
  };
}
