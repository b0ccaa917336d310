import { expect, test } from 'vitest';
import { keyCode, nearestKeyName } from '../../src/config/key-names.ts';

test.each([
  ['esc', 1],
  ['0', 11],
  ['backspace', 14],
  ['enter', 28],
  ['leftctrl', 29],
  ['rightshift', 54],
  ['f10', 68],
  ['kpdot', 83],
  ['102nd', 86],
  ['f12', 88],
  ['rightctrl', 97],
  ['sysrq', 99],
  ['pagedown', 109],
  ['pause', 119],
  ['leftmeta', 125],
  ['compose', 127],
  ['calc', 140],
  ['playpause', 164],
  ['f24', 194],
  ['print', 210],
  ['micmute', 248],
  ['btn_left', 0x110],
  ['btn_task', 0x117],
  ['context_menu', 0x1b6],
  ['fn_right_shift', 0x1e5],
  ['macro30', 0x2ad],
])('The key %s has the code %i in the kernel', (name, code) => {
  expect(keyCode(name)).toBe(code);
});

test.each([
  ['LEFTCTRL', 'names are in lower case'],
  ['key_leftctrl', 'the prefix is left out'],
  ['side', 'a button keeps its prefix'],
  ['', 'nothing is no name'],
])('%j is no name of a key: %s', (name) => {
  expect(keyCode(name)).toBeUndefined();
});

test.each([
  ['leftctl', 'leftctrl', 'a letter left out'],
  ['leftctrll', 'leftctrl', 'a letter too many'],
  ['leftcrtl', 'leftctrl', 'two letters exchanged'],
  ['KEY_PAUSE', 'pause', "the kernel's own spelling"],
  [' f12 ', 'f12', 'spaces around it'],
  ['left ctrl', 'leftctrl', 'a space within'],
  ['ctrl', 'leftctrl', 'no side'],
  ['alt', 'leftalt', 'no side'],
  ['rshift', 'rightshift', 'a side shortened'],
  ['del', 'delete', 'what is on the cap'],
  ['super', 'leftmeta', 'another word'],
  ['printscreen', 'sysrq', 'another word'],
  ['side', 'btn_side', 'a button without its prefix'],
])('%j most likely means %s: %s', (name, nearest) => {
  expect(nearestKeyName(name)).toBe(nearest);
});

test.each(['', 'xyzzy', 'foo'])('%j resembles no name of a key', (name) => {
  expect(nearestKeyName(name)).toBeUndefined();
});
