/** Linux key names (without `KEY_`, lower case) and QEMU's names for the same keys (QKeyCode). */
import { LabFailure } from './failure.ts';

const sameName = new Set([
  ...'abcdefghijklmnopqrstuvwxyz1234567890'.split(''),
  ...Array.from({ length: 24 }, (_, index) => `f${index + 1}`),
  ...'esc minus equal backspace tab semicolon apostrophe backslash comma dot slash'.split(' '),
  ...'home end up down left right insert delete pause sysrq menu'.split(' '),
  ...'power sleep wake volumeup volumedown'.split(' '),
]);

const otherName = new Map(
  Object.entries({
    leftctrl: 'ctrl',
    rightctrl: 'ctrl_r',
    leftshift: 'shift',
    rightshift: 'shift_r',
    leftalt: 'alt',
    rightalt: 'alt_r',
    leftmeta: 'meta_l',
    rightmeta: 'meta_r',
    compose: 'compose',
    enter: 'ret',
    space: 'spc',
    grave: 'grave_accent',
    leftbrace: 'bracket_left',
    rightbrace: 'bracket_right',
    '102nd': 'less',
    capslock: 'caps_lock',
    numlock: 'num_lock',
    scrolllock: 'scroll_lock',
    pageup: 'pgup',
    pagedown: 'pgdn',
    mute: 'audiomute',
    kpasterisk: 'kp_multiply',
    kpminus: 'kp_subtract',
    kpplus: 'kp_add',
    kpdot: 'kp_decimal',
    kpslash: 'kp_divide',
    kpenter: 'kp_enter',
    ...Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [`kp${digit}`, `kp_${digit}`])),
  }),
);

/** Throws a LabFailure for a name that is not known. */
export function qemuKey(name: string): string {
  const key = otherName.get(name) ?? (sameName.has(name) ? name : undefined);
  if (key === undefined) throw new LabFailure(`no key is called ${name}`);
  return key;
}
