import { expect, test } from 'vitest';
import { chords, problemsOf, seat, seats, type Refused } from './problems-of.ts';

const refused: Refused[] = [
  {
    reason: 'a chord of one key',
    text: '[chords]\ntoggle = "scrolllock"',
    problems: [
      '2:10 chords.toggle is the single key scrolllock, which would be lost for typing; expected two keys or more, such as "leftctrl+rightctrl"',
    ],
  },
  {
    reason: 'a misspelt key',
    text: '[chords]\ntoggle = "leftctl+rightctrl"',
    problems: ['2:10 chords.toggle names the unknown key "leftctl"; expected "leftctrl+rightctrl"'],
  },
  {
    reason: 'keys by other names',
    text: '[chords]\npanic = "ctrl+KEY_LEFTALT+break"',
    problems: [
      '2:9 chords.panic names the unknown keys "ctrl", "KEY_LEFTALT", "break"; expected "leftctrl+leftalt+pause"',
    ],
  },
  {
    reason: 'a key that nothing resembles',
    text: '[chords]\ntoggle = "leftctrl+xyzzy"',
    problems: [
      `2:10 chords.toggle names the unknown key "xyzzy"; expected Linux's names of keys joined by +, such as leftctrl, f12, pause or btn_side`,
    ],
  },
  {
    reason: 'a plus too many',
    text: '[chords]\ntoggle = "leftctrl+"',
    problems: [
      `2:10 chords.toggle names the unknown key ""; expected Linux's names of keys joined by +, such as leftctrl, f12, pause or btn_side`,
    ],
  },
  {
    reason: 'a key twice in one chord',
    text: '[chords]\ntoggle = "leftctrl+leftctrl"',
    problems: ['2:10 chords.toggle names leftctrl twice; expected each key once'],
  },
  {
    reason: 'more keys than the switchboard holds',
    text: '[chords]\npanic = "q+w+e+r+t+y+u+i+o"',
    problems: ['2:9 chords.panic names 9 keys; expected 8 keys at most'],
  },
  {
    reason: 'more chords than the switchboard holds beside one seat',
    text: `${seat}${chords(63)}`,
    problems: [
      '252:1 chord[62] is one chord too many; expected 62 [[chord]] tables at most: of 64 chords, each [[seat]] takes 2 for toggle and panic',
    ],
  },
  {
    reason: 'more chords than the switchboard holds beside many seats, told once',
    text: `${seats(16)}${chords(40)}`,
    problems: [
      '177:1 chord[32] is one chord too many; expected 32 [[chord]] tables at most: of 64 chords, each [[seat]] takes 2 for toggle and panic',
    ],
  },
  {
    reason: 'a chord as a list',
    text: '[chords]\ntoggle = ["leftctrl", "rightctrl"]',
    problems: [
      '2:10 chords.toggle cannot be a list; expected keys joined by +, such as "leftctrl+rightctrl"',
    ],
  },
  {
    reason: 'an empty chord',
    text: '[chords]\ntoggle = ""',
    problems: [
      `2:10 chords.toggle names the unknown key ""; expected Linux's names of keys joined by +, such as leftctrl, f12, pause or btn_side`,
    ],
  },
  {
    reason: 'panic equal to toggle',
    text: '[chords]\ntoggle = "leftctrl+f1"\npanic = "f1+leftctrl"',
    problems: [
      '2:10 chords.toggle has the same keys as chords.panic (f1+leftctrl); expected chords of which none contains another',
    ],
  },
  {
    reason: 'panic equal to the default toggle',
    text: '[chords]\npanic = "leftctrl+rightctrl"',
    problems: [
      '1:1 chords.toggle has the same keys as chords.panic (leftctrl+rightctrl); expected chords of which none contains another',
    ],
  },
  {
    reason: 'a toggle within the default panic',
    text: '[chords]\ntoggle = "leftctrl+leftalt"',
    problems: [
      '2:10 chords.toggle is contained in chords.panic (leftctrl+leftalt+pause) and would fire first; expected chords of which none contains another',
    ],
  },
  {
    reason: 'a chord that contains another',
    text: `${seat}[[chord]]\nkeys = "leftctrl+rightctrl+f1"\nseat = "desk"\nto = "win10"`,
    problems: [
      '5:8 chord[0].keys contains chords.toggle (leftctrl+rightctrl), which would fire first; expected chords of which none contains another',
    ],
  },
  {
    reason: 'two chords of the same keys',
    text: `${seat}[[chord]]\nkeys = "leftmeta+f1"\nseat = "desk"\nto = "win10"\n[[chord]]\nkeys = "f1+leftmeta"\nseat = "desk"\nto = "host"`,
    problems: [
      '9:8 chord[1].keys has the same keys as chord[0].keys (leftmeta+f1); expected chords of which none contains another',
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
      '1:1 chord[0].to is missing; expected "host" or a domain of that seat',
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
