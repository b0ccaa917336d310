import { expect, test } from 'vitest';
import { type Case, desk, dialogues, taken } from './router-desk.ts';

const cases: Case[] = [
  [
    'panic brings every seat back, wherever it is pressed',
    taken,
    'move 1 2 -> grab 3 | moved 1 to 2 in 1: asked',
    '0: c+ syn -> k1: c+',
    '3: d+ syn -> k2: d+',
    '1: y+ z+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 3: panic | ungrab 3 | moved 1 to 0 in 3: panic | panic | k1: c- | k2: d-',
  ],
  [
    'panic ends what waits',
    '3: c+ syn',
    'move 1 1',
    '0: y+ z+ syn y- z- syn -> moved 0 to 0 in 1: panic | moved 1 to 0 in 1: panic | panic',
    '3: c- syn',
  ],
  [
    'a request from before a panic is stale, even for a seat that was the host’s',
    '0: y+ z+ syn y- z- syn -> moved 0 to 0 in 1: panic | moved 1 to 0 in 1: panic | panic',
    'move 0 1 @0 -> stale',
    'move 0 1 @1 -> grab 0 | grab 1 | grab 2 | moved 0 to 1 in 2: asked',
  ],
  [
    'panic works with nobody listening and nothing written',
    taken,
    'room k1 0',
    'deaf k1 on',
    '0: y+ syn',
    '0: z+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 3: panic | moved 1 to 0 in 1: panic | panic',
    'room k1 all -> k1: y+ | k1: y-',
  ],
  [
    'panic wins over a chord of the same press, in either order',
    'table 0=0 t1=k1/p1 s0=direct 1@0:a+b,to=1,swallow 9@0:a,panic',
    '0: b+ a+ syn b- a- syn -> moved 0 to 0 in 1: panic | moved 1 to 0 in 1: panic | panic',
    'table 0=0 t1=k1/p1 s0=direct 9@0:a,panic 1@0:a+b,to=1,swallow',
    '0: b+ a+ syn b- a- syn -> moved 0 to 0 in 2: panic | moved 1 to 0 in 2: panic | panic',
  ],
  [
    'panic wins over a chord that is due at the same time',
    'table 0=0 t1=k1/p1 s0=direct 9@0:a,panic,hold=100 1@0:b,to=1,hold=100',
    '0: @10 a+ b+ syn',
    'tick @110 -> moved 0 to 0 in 1: panic | moved 1 to 0 in 1: panic | panic',
    '0: a- b- syn',
  ],
  [
    'panic may be held',
    'table 0=0 t1=k1/p1 9@0:y,panic,hold=100',
    'move 0 1 -> grab 0 | moved 0 to 1 in 1: asked',
    '0: @50 y+ syn -> k1: y+',
    'tick @150 -> ungrab 0 | moved 0 to 0 in 3: panic | moved 1 to 0 in 1: panic | panic | k1: y-',
    '0: y- syn',
  ],
];

const had = dialogues(desk);

test.each(cases)('%s', async (_name, ...dialogue) => {
  expect(await had(dialogue)).toEqual(dialogue);
});
