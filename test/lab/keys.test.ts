import { expect, test } from 'vitest';
import { LabFailure } from './failure.ts';
import { qemuKey } from './keys.ts';

test.each([
  ['a', 'a'],
  ['7', '7'],
  ['f24', 'f24'],
  ['leftctrl', 'ctrl'],
  ['rightctrl', 'ctrl_r'],
  ['leftmeta', 'meta_l'],
  ['enter', 'ret'],
  ['102nd', 'less'],
  ['kp0', 'kp_0'],
  ['kpenter', 'kp_enter'],
  ['pause', 'pause'],
])("Linux's %s is QEMU's %s", (linux, qemu) => {
  expect(qemuKey(linux)).toBe(qemu);
});

test.each([
  ['ctrl', "QEMU's name is not Linux's"],
  ['A', 'keys have no capitals'],
  ['KEY_A', 'the prefix is left out'],
  ['f25', 'there are 24'],
  ['', 'nothing is no key'],
  ['constructor', 'every object has it'],
])('%s is refused: %s', (name) => {
  expect(() => qemuKey(name)).toThrow(LabFailure);
});
