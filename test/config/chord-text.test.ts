import { expect, test } from 'vitest';
import { parseChord } from '../../src/config/chord-text.ts';

test.each([
  { reason: 'whose keys are sorted', text: 'pause+leftctrl+leftalt', keys: [29, 56, 119], taps: 1 },
  { reason: 'with a mouse button', text: 'leftmeta+btn_side', keys: [125, 275], taps: 1 },
  {
    reason: 'of as many keys as may be',
    text: 'q+w+e+r+t+y+u+i',
    keys: [16, 17, 18, 19, 20, 21, 22, 23],
    taps: 1,
  },
  { reason: 'of a key tapped twice', text: 'leftctrl leftctrl', keys: [29], taps: 2 },
  { reason: 'of a mouse button tapped twice', text: 'btn_extra btn_extra', keys: [276], taps: 2 },
  {
    reason: "of the key tapped twice that is one of QEMU's",
    text: 'scrolllock scrolllock',
    keys: [70],
    taps: 2,
  },
  { reason: 'of scrolllock with a ctrl', text: 'leftctrl+scrolllock', keys: [29, 70], taps: 1 },
  { reason: 'of one meta', text: 'rightmeta+f1', keys: [59, 126], taps: 1 },
])('A chord $reason is read: $text', ({ text, keys, taps }) => {
  expect(parseChord(text)).toEqual({ text, keys, taps });
});

test.each([
  { written: 'leftctrl + rightctrl', text: 'leftctrl+rightctrl' },
  { written: ' leftctrl+ f1 +\tbtn_side ', text: 'leftctrl+f1+btn_side' },
  { written: ' leftctrl leftctrl ', text: 'leftctrl leftctrl' },
])('Spaces around + and at the ends mean nothing: "$written"', ({ written, text }) => {
  expect(parseChord(written)).toMatchObject({ text });
});

const help = "Linux's names of keys joined by +, such as leftctrl, f12, pause or btn_side";
const single = (key: string) => ({
  wrong: `is the single key ${key}, which would be lost for typing`,
  expected: `two keys or more, such as "leftctrl+rightctrl", or a double tap: "${key} ${key}"`,
});
const otherTap = 'a double tap: "leftctrl leftctrl"';
const everyday = (key: string, activity: string) => ({
  wrong: `taps ${key}, and would fire while ${activity}`,
  expected: 'a key that is never pressed twice in a row, such as "leftctrl leftctrl"',
});
const tapsTogether = {
  wrong: 'taps keys that are held together',
  expected:
    'either keys held together, such as "leftctrl+rightctrl", or one key tapped twice, such as "leftctrl leftctrl"',
};

test.each([
  { text: 'pause', problem: single('pause') },
  {
    text: 'scrolllock',
    problem: { ...single('scrolllock'), expected: single('leftctrl').expected },
  },
  { text: 'btn_side', problem: single('btn_side') },
  { text: '', problem: { wrong: 'names the unknown key ""', expected: help } },
  { text: 'leftctrl+', problem: { wrong: 'names the unknown key ""', expected: help } },
  { text: 'leftctrl+xyzzy', problem: { wrong: 'names the unknown key "xyzzy"', expected: help } },
  {
    text: 'leftctl+rightctrl',
    problem: { wrong: 'names the unknown key "leftctl"', expected: '"leftctrl+rightctrl"' },
  },
  {
    text: 'ctrl+f1+altgr',
    problem: {
      wrong: 'names the unknown keys "ctrl", "altgr"',
      expected: '"leftctrl+f1+rightalt"',
    },
  },
  { text: 'leftctrl ++ f1', problem: { wrong: 'names the unknown key ""', expected: help } },
  {
    text: 'leftctrl+leftctrl',
    problem: {
      wrong: 'names leftctrl twice',
      expected: 'each key once, or a double tap: "leftctrl leftctrl"',
    },
  },
  { text: 'q+w+e+r+t+y+u+i+o', problem: { wrong: 'names 9 keys', expected: '8 keys at most' } },
  {
    text: 'ctrl ctrl',
    problem: { wrong: 'names the unknown key "ctrl"', expected: '"leftctrl leftctrl"' },
  },
  {
    text: 'leftctrl leftctrl leftctrl',
    problem: { wrong: 'taps leftctrl 3 times', expected: 'two taps: "leftctrl leftctrl"' },
  },
  {
    text: 'leftctrl rightctrl',
    problem: {
      wrong: 'taps different keys',
      expected:
        'one key tapped twice, such as "leftctrl leftctrl", or keys held together: "leftctrl+rightctrl"',
    },
  },
  {
    text: 'f1 f2 f1',
    problem: {
      wrong: 'taps different keys',
      expected: 'one key tapped twice, such as "f1 f1", or keys held together: "f1+f2"',
    },
  },
  { text: 'leftctrl+f1 leftctrl+f1', problem: tapsTogether },
  { text: 'leftctrl leftctrl + f1', problem: tapsTogether },
  ...['leftmeta+rightmeta', 'f1+rightmeta+leftmeta'].map((text) => ({
    text,
    problem: {
      wrong: "contains QEMU's own grab toggle meta-meta, which Handglass keeps from every guest",
      expected: 'keys without leftmeta and rightmeta together',
    },
  })),
  {
    text: 'a',
    problem: {
      wrong: 'is the single key a, which would be lost for typing',
      expected: `two keys or more, such as "leftctrl+rightctrl", or ${otherTap}`,
    },
  },
  {
    text: 'f1+enter+enter',
    problem: { wrong: 'names enter twice', expected: `each key once, or ${otherTap}` },
  },
  {
    text: 'a b',
    problem: {
      wrong: 'taps different keys',
      expected: 'one key tapped twice, such as "leftctrl leftctrl", or keys held together: "a+b"',
    },
  },
  { text: 'a a a', problem: everyday('a', 'typing') },
])('$text is no chord', ({ text, problem }) => {
  expect(parseChord(text)).toEqual(problem);
});

const typed = 'a z 0 9 space enter backspace tab delete dot minus 102nd kp0 kpenter left pageup';

test.each([
  ...typed.split(' ').map((key) => ({ key, activity: 'typing' })),
  ...['btn_left', 'btn_right', 'btn_middle'].map((key) => ({ key, activity: 'clicking' })),
])('A double tap of $key is refused, since $activity has it too', ({ key, activity }) => {
  expect(parseChord(`${key} ${key}`)).toEqual(everyday(key, activity));
});

test.each(
  [
    'leftctrl rightctrl leftshift rightshift leftalt rightalt leftmeta rightmeta',
    'capslock numlock scrolllock f1 f12 f24 pause sysrq menu compose esc macro1',
    'btn_side btn_extra btn_forward btn_back btn_task',
  ].flatMap((keys) => keys.split(' ')),
)('A double tap of %s is read, since nobody presses it twice for anything else', (key) => {
  expect(parseChord(`${key} ${key}`)).toMatchObject({ taps: 2 });
});
