import { expect, test } from 'vitest';
import { type Case, desk, dialogues, taken } from './router-desk.ts';

const times = (count: number, said: string, between = ' | ') =>
  Array.from({ length: count }, () => said).join(between);
const motion = `2: ${times(40, 'x=1 syn', ' ')}`;
const taps = `0: ${times(30, 'c+ syn c- syn', ' ')}`;
/** More than an outbox holds. */
const flood = `0: ${times(200, 'c+ syn c- syn', ' ')}`;

const cases: Case[] = [
  [
    'what cannot be written waits',
    taken,
    'room k1 0',
    '0: c+ syn',
    '0: c- syn',
    '1: d+ syn',
    'room k1 all -> k1: c+ | k1: c- | k1: d+',
  ],
  [
    'a report may be written in parts',
    taken,
    'room k1 1',
    '0: c+ d+ syn',
    'room k1 1',
    'room k1 1 -> k1: c+ d+',
    '0: c- syn',
    'room k1 all -> k1: c-',
  ],
  ['the other proxy does not wait', taken, 'room k1 0', '0: c+ syn', '2: x=1 syn -> p1: x=1'],
  [
    'what a domain was owed when it lost the seat comes late',
    taken,
    'room k1 0',
    '0: c+ syn',
    'move 0 0 -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: asked',
    '0: c- syn',
    'room k1 all -> k1: c+ | k1: c-',
  ],
  [
    'motion is added up behind a stall',
    taken,
    'room p1 0',
    motion,
    `room p1 all -> ${'p1: x=1 | '.repeat(23)}p1: x=17`,
  ],
  ['keys are not', taken, 'room k1 0', taps, `room k1 all -> ${times(30, 'k1: c+ | k1: c-')}`],
  [
    'what was dropped for want of room leaves no key pressed',
    taken,
    'room k1 0',
    flood,
    '0: d+ syn',
    `room k1 all -> ${times(64, 'k1: c+ | k1: c-')} | k1: d+`,
    '0: d- syn -> k1: d-',
  ],
  [
    'a release that was dropped is made up for',
    taken,
    '0: d+ syn -> k1: d+',
    'room k1 0',
    flood,
    '0: d- syn',
    `room k1 all -> ${times(64, 'k1: c+ | k1: c-')} | k1: d-`,
  ],
  [
    'so it is after the seat has gone',
    taken,
    '0: d+ syn -> k1: d+',
    'room k1 0',
    flood,
    'move 0 0 -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: asked',
    `room k1 all -> ${times(64, 'k1: c+ | k1: c-')} | k1: d-`,
  ],
];

const had = dialogues(desk);

test.each(cases)('%s', async (_name, ...dialogue) => {
  expect(await had(dialogue)).toEqual(dialogue);
});
