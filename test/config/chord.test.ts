import { expect, test } from 'vitest';
import { chord, chords, problemsOf, seat, seats, type Refused } from './problems-of.ts';

const refused: Refused[] = [
  {
    reason: 'a chord of one key',
    text: '[chords]\ntoggle = "scrolllock"',
    problems: [
      '2:10 chords.toggle is the single key scrolllock, which would be lost for typing; expected two keys or more, such as "leftctrl+rightctrl", or a double tap: "leftctrl leftctrl"',
    ],
  },
  {
    reason: 'a misspelt key',
    text: '[chords]\ntoggle = "leftctl+rightctrl"',
    problems: ['2:10 chords.toggle names the unknown key "leftctl"; expected "leftctrl+rightctrl"'],
  },
  {
    reason: 'more keys than the switchboard holds',
    text: '[chords]\npanic = "q+w+e+r+t+y+u+i+o"',
    problems: ['2:9 chords.panic names 9 keys; expected 8 keys at most'],
  },
  {
    reason: 'three taps',
    text: `${seat}${chord('"leftctrl leftctrl leftctrl"')}`,
    problems: ['5:8 chord[0].keys taps leftctrl 3 times; expected two taps: "leftctrl leftctrl"'],
  },
  {
    reason: 'a double tap that typing makes as well',
    text: `${seat}${chord('"enter enter"')}`,
    problems: [
      '5:8 chord[0].keys taps enter, and would fire while typing; expected a key that is never pressed twice in a row, such as "leftctrl leftctrl"',
    ],
  },
  {
    reason: 'keys that QEMU takes for itself, even if they are swallowed',
    text: '[chords]\npanic = { swallow = true, keys = "rightmeta+leftmeta" }',
    problems: [
      "2:34 chords.panic.keys contains QEMU's own grab toggle meta-meta, which Handglass keeps from every guest; expected keys without leftmeta and rightmeta together",
    ],
  },
  {
    reason: 'more chords than the switchboard holds beside one seat',
    text: `${seat}${chords(62)}`,
    problems: [
      "248:1 chord[61] is one chord too many; expected 61 [[chord]] tables at most: of 64 chords, each [[seat]] takes 3 for toggle, panic and QEMU's own grab toggle",
    ],
  },
  {
    reason: 'more chords than the switchboard holds beside many seats, told once',
    text: `${seats(15)}${chords(40)}`,
    problems: [
      "122:1 chord[19] is one chord too many; expected 19 [[chord]] tables at most: of 64 chords, each [[seat]] takes 3 for toggle, panic and QEMU's own grab toggle",
    ],
  },
  {
    reason: 'more chords than the switchboard holds beside as many seats as it holds',
    text: `${seats(16)}${chords(17)}`,
    problems: [
      "113:1 chord[16] is one chord too many; expected 16 [[chord]] tables at most: of 64 chords, each [[seat]] takes 3 for toggle, panic and QEMU's own grab toggle",
    ],
  },
  {
    reason: 'a chord as a list',
    text: '[chords]\ntoggle = ["leftctrl", "rightctrl"]',
    problems: [
      '2:10 chords.toggle cannot be a list; expected keys joined by +, such as "leftctrl+rightctrl", or { keys, hold, swallow }',
    ],
  },
  {
    reason: 'a chord for an unknown seat',
    text: `${seat}[[seat]]\nname = "couch"\ndomains = ["win10"]\n[[chord]]\nkeys = "leftmeta+f1"\nseat = "dsk"\nto = "win10"`,
    problems: ['9:8 chord[0].seat names the unknown seat "dsk"; expected "desk" or "couch"'],
  },
  {
    reason: 'a chord where no seat is',
    text: '[[chord]]\nkeys = "leftmeta+f1"\nseat = "desk"\nto = "win10"',
    problems: [
      '3:8 chord[0].seat names the unknown seat "desk"; expected the name of a [[seat]] in this file',
    ],
  },
  {
    reason: 'a chord for a target that its seat does not list',
    text: `${seat}[[chord]]\nkeys = "leftmeta+f1"\nseat = "desk"\nto = "win11"`,
    problems: [
      '7:6 chord[0].to names "win11", which seat "desk" does not list; expected "host" or "win10"',
    ],
  },
  {
    reason: 'a chord without anything',
    text: '[[chord]]',
    problems: [
      '1:1 chord[0].keys is missing; expected keys joined by +, such as "leftctrl+rightctrl"',
      '1:1 chord[0].seat is missing; expected the name of a [[seat]] in this file',
      '1:1 chord[0].to is missing; expected "host", a domain of that seat, or a list of them to go through',
    ],
  },
  {
    reason: 'an empty target',
    text: `${seat}${chord('"leftmeta+f1"', '""')}`,
    problems: ['7:6 chord[0].to cannot be ""; expected "host" or a domain of that seat'],
  },
  {
    reason: 'targets by number',
    text: `${seat}${chord('"leftmeta+f1"', '1')}`,
    problems: [
      '7:6 chord[0].to cannot be a number; expected "host", a domain of that seat, or a list of them to go through',
    ],
  },
  {
    reason: 'a list of one target',
    text: `${seat}${chord('"leftmeta+f1"', '["win10"]')}`,
    problems: [
      '7:6 chord[0].to cannot be a list; expected two targets or more, or one as a text, such as "win10"',
    ],
  },
  {
    reason: 'a list of no target',
    text: `${seat}${chord('"leftmeta+f1"', '[]')}`,
    problems: [
      '7:6 chord[0].to cannot be an empty list; expected two targets or more, or one as a text, such as "win10"',
    ],
  },
  {
    reason: 'a list in which something is no target',
    text: `${seat}${chord('"leftmeta+f1"', '["host", 10]')}`,
    problems: ['7:15 chord[0].to[1] cannot be a number; expected "host" or a domain of that seat'],
  },
  {
    reason: 'a target twice in a list',
    text: `${seat}${chord('"leftmeta+f1"', '["host", "win10", "host"]')}`,
    problems: ['7:24 chord[0].to[2] repeats chord[0].to[0]; expected each target once'],
  },
  {
    reason: 'targets in a list that its seat does not list',
    text: `${seat}${chord('"leftmeta+f1"', '["win11", "host", "Win10"]')}`,
    problems: [
      '7:7 chord[0].to[0] names "win11", which seat "desk" does not list; expected "host" or "win10"',
      '7:24 chord[0].to[2] names "Win10", which seat "desk" does not list; expected "host" or "win10"',
    ],
  },
  {
    reason: 'its seat, where that is broken, and not for naming it',
    text: '[[seat]]\nname = "desk"\n\n[[chord]]\nkeys = "leftmeta+f1"\nseat = "desk"\nto = "win10"',
    problems: ['1:1 seat[0].domains is missing; expected a list of domains, such as ["win10"]'],
  },
];

test.each(refused)('A chord is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
