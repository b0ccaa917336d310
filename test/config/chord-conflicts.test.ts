import { expect, test } from 'vitest';
import { chord, configOf, problemsOf, seat, type Refused } from './problems-of.ts';

const couch = seat.replace('desk', 'couch');
const onCouch = (keys: string) => chord(keys).replace('desk', 'couch');

const refused: Refused[] = [
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
      '2:10 chords.toggle is contained in chords.panic (leftctrl+leftalt+pause) and would fire with it; expected chords of which none contains another',
    ],
  },
  {
    reason: 'a chord that contains another',
    text: `${chord('"leftmeta+f1"')}${chord('"leftmeta+f1+f2"', '"host"')}${seat}`,
    problems: [
      '6:8 chord[1].keys contains chord[0].keys (leftmeta+f1), which would fire with it; expected chords of which none contains another',
    ],
  },
  {
    reason: 'two chords of the same keys',
    text: `${seat}${chord('"leftmeta+f1"')}${chord('"f1+leftmeta"', '"host"')}`,
    problems: [
      '9:8 chord[1].keys has the same keys as chord[0].keys (leftmeta+f1); expected chords of which none contains another',
    ],
  },
  {
    reason: 'two double taps of one key',
    text: `[chords]\ntoggle = { keys = "leftctrl leftctrl" }\n${seat}${chord('"leftctrl leftctrl"')}`,
    problems: [
      '7:8 chord[0].keys has the same keys as chords.toggle (leftctrl leftctrl); expected chords of which none contains another',
    ],
  },
  {
    reason: 'a chord that contains another, although it is to be held',
    text: `${seat}${chord('"leftmeta+f1"')}${chord('"leftmeta+f1+f2"')}hold = 500`,
    problems: [
      '9:8 chord[1].keys contains chord[0].keys (leftmeta+f1), which would fire with it; expected chords of which none contains another',
    ],
  },
  {
    reason: 'a chord within another, although it is to be held for longer',
    text: '[chords]\ntoggle = { keys = "leftctrl+leftalt", hold = 500 }',
    problems: [
      '2:10 chords.toggle is contained in chords.panic (leftctrl+leftalt+pause) and would fire with it if held for 500 ms; expected chords of which none contains another',
    ],
  },
  {
    reason: 'a chord that contains another, which is to be held for longer',
    text: `${seat}${chord('"leftmeta+f1"')}hold = 500\n${chord('"leftmeta+f1+f2"')}hold = 499`,
    problems: [
      '10:8 chord[1].keys contains chord[0].keys (leftmeta+f1), which would fire with it if held for 500 ms; expected chords of which none contains another',
    ],
  },
  {
    reason: 'a chord that contains another, which is to be held for as long',
    text: `${seat}${chord('"leftmeta+f1"')}hold = 500\n${chord('"leftmeta+f1+f2"')}hold = 500`,
    problems: [
      '10:8 chord[1].keys contains chord[0].keys (leftmeta+f1), which would fire with it; expected chords of which none contains another',
    ],
  },
  {
    reason: 'the chord of a second seat that equals one of every seat',
    text: `${seat}${couch}${onCouch('"rightctrl+leftctrl"')}`,
    problems: [
      '8:8 chord[0].keys has the same keys as chords.toggle (leftctrl+rightctrl); expected chords of which none contains another',
    ],
  },
  {
    reason: 'the chord that equals one of its own seat, behind one of another seat',
    text: `${seat}${couch}${chord('"leftmeta+f1"')}${onCouch('"leftmeta+f1"')}${chord('"leftmeta+f1"')}`,
    problems: [
      '16:8 chord[2].keys has the same keys as chord[0].keys (leftmeta+f1); expected chords of which none contains another',
    ],
  },
];

test.each(refused)('Chords are refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});

test.each([
  {
    reason: 'of different seats that are equal',
    text: `${seat}${couch}${chord('"leftmeta+f1"')}${onCouch('"leftmeta+f1"')}`,
  },
  {
    reason: 'of different seats of which one contains the other',
    text: `${seat}${couch}${chord('"leftmeta+f1"')}${onCouch('"leftmeta+f1+f2"')}`,
  },
  {
    reason: 'that share keys without one containing another',
    text: `${seat}${chord('"leftmeta+f1"')}${chord('"btn_side+leftmeta"')}`,
  },
  {
    reason: 'of which one taps a key that another holds',
    text: `${seat}${chord('"leftmeta leftmeta"')}${chord('"leftmeta+f1"')}`,
  },
  {
    reason: 'that tap different keys',
    text: `${seat}${chord('"leftmeta leftmeta"')}${chord('"rightmeta rightmeta"')}`,
  },
])('Chords $reason are accepted', ({ text }) => {
  expect(configOf(text).chords.gives).toHaveLength(2);
});
