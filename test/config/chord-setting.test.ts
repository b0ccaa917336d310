import { expect, test } from 'vitest';
import { chord, configOf, problemsOf, seat, type Refused } from './problems-of.ts';

test.each([
  {
    reason: 'a text',
    toggle: '"leftmeta+f1"',
    setting: { keys: { text: 'leftmeta+f1', keys: [59, 125], taps: 1 }, holdMs: 0, swallow: true },
  },
  {
    reason: 'a table of its keys alone',
    toggle: '{ keys = "leftmeta leftmeta" }',
    setting: {
      keys: { text: 'leftmeta leftmeta', keys: [125], taps: 2 },
      holdMs: 0,
      swallow: true,
    },
  },
  {
    reason: 'a table that says all, with the longest hold',
    toggle: '{ keys = "leftmeta+f1", hold = 5000, swallow = false }',
    setting: {
      keys: { text: 'leftmeta+f1', keys: [59, 125], taps: 1 },
      holdMs: 5000,
      swallow: false,
    },
  },
  {
    reason: 'a double tap that says the default hold',
    toggle: '{ keys = "leftmeta leftmeta", hold = 0, swallow = false }',
    setting: {
      keys: { text: 'leftmeta leftmeta', keys: [125], taps: 2 },
      holdMs: 0,
      swallow: false,
    },
  },
  {
    reason: "QEMU's own grab toggle, as long as it is swallowed",
    toggle: '{ keys = "rightalt+leftalt", hold = 0 }',
    setting: {
      keys: { text: 'rightalt+leftalt', keys: [56, 100], taps: 1 },
      holdMs: 0,
      swallow: true,
    },
  },
  {
    reason: "swallowed by nobody, with a part of QEMU's own grab toggle",
    toggle: '{ keys = "leftalt+leftctrl+f1", swallow = false }',
    setting: {
      keys: { text: 'leftalt+leftctrl+f1', keys: [29, 56, 59], taps: 1 },
      holdMs: 0,
      swallow: false,
    },
  },
])('A chord may be $reason', ({ toggle, setting }) => {
  expect(configOf(`[chords]\ntoggle = ${toggle}`).chords.toggle).toEqual(setting);
});

test('A table under a header of its own says what a table in line does', () => {
  const { panic } = configOf('[chords.panic]\nkeys = "esc esc"\nswallow = false').chords;
  expect(panic).toEqual({
    keys: { text: 'esc esc', keys: [1], taps: 2 },
    holdMs: 0,
    swallow: false,
  });
});

test('A [[chord]] says how it is pressed, and may go through several targets in their order', () => {
  const text = `${seat}${chord('"f1+leftmeta"', '["win10", "host"]')}hold = 300\nswallow = false`;
  expect(configOf(text).chords.gives).toEqual([
    {
      keys: { text: 'f1+leftmeta', keys: [59, 125], taps: 1 },
      holdMs: 300,
      swallow: false,
      seat: 'desk',
      to: ['win10', 'host'],
    },
  ]);
});

const range = 'expected a whole number of milliseconds, 0 to 5000';
const letsGo = 'with which QEMU would let go of the keyboard before the chord is whole; expected';

const refused: Refused[] = [
  {
    reason: 'a table without anything',
    text: '[chords]\ntoggle = {}',
    problems: [
      '2:10 chords.toggle.keys is missing; expected keys joined by +, such as "leftctrl+rightctrl"',
    ],
  },
  {
    reason: 'an unknown key in its table, beside an unknown key of the keyboard',
    text: '[chords]\ntoggle = { keys = "ctrl ctrl", held = 500 }',
    problems: [
      '2:19 chords.toggle.keys names the unknown key "ctrl"; expected "leftctrl leftctrl"',
      '2:32 chords.toggle.held is unknown; expected keys, hold or swallow',
    ],
  },
  {
    reason: 'what its table holds',
    text: '[chords.panic]\nkeys = ["f1", "f2"]\nhold = "500 ms"\nswallow = 1',
    problems: [
      '2:8 chords.panic.keys cannot be a list; expected keys joined by +, such as "leftctrl+rightctrl"',
      `3:8 chords.panic.hold cannot be "500 ms"; ${range}`,
      '4:11 chords.panic.swallow cannot be a number; expected true or false',
    ],
  },
  ...['-1', '5001', '0.5', '1e300'].map((hold) => ({
    reason: `a hold of ${hold}`,
    text: `${seat}${chord('"leftmeta+f1"')}hold = ${hold}`,
    problems: [`8:8 chord[0].hold cannot be this number; ${range}`],
  })),
  {
    reason: 'a hold of a double tap',
    text: `${seat}${chord('"leftmeta leftmeta"')}hold = 1`,
    problems: [
      '8:8 chord[0].hold is for keys held together, not for a double tap; expected no hold here, or keys such as "leftctrl+rightctrl"',
    ],
  },
  {
    reason: 'being swallowed by nobody where QEMU watches for it',
    text: '[chords]\ntoggle = { keys = "rightctrl+leftctrl", swallow = false }',
    problems: [
      `2:19 chords.toggle.keys contains QEMU's own grab toggle ctrl-ctrl, ${letsGo} swallow = true, or other keys`,
    ],
  },
  {
    reason: 'a hold where QEMU watches for its keys',
    text: '[chords]\ntoggle = { keys = "rightctrl+leftctrl", hold = 500 }',
    problems: [
      `2:19 chords.toggle.keys contains QEMU's own grab toggle ctrl-ctrl, ${letsGo} no hold here, or other keys`,
    ],
  },
  ...[
    ['alt-alt', 'leftalt+f1+rightalt'],
    ['scrolllock', 'scrolllock scrolllock'],
    ['scrolllock', 'leftmeta+scrolllock'],
    ['scrolllock', 'rightctrl+scrolllock'],
  ].map(([choice, keys]) => ({
    reason: `being ${keys}, of which QEMU sees its toggle first`,
    text: `${seat}${chord(`"${keys}"`)}`,
    problems: [`5:8 chord[0].keys contains QEMU's own grab toggle ${choice}, ${letsGo} other keys`],
  })),
];

test.each(refused)('A chord is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
