import { expect, test } from 'vitest';
import { type Case, desk, dialogues, table } from './router-desk.ts';

const swallowing = table.replace('s0=direct', 's0=direct+swallow t0=k0/p0');

const cases: Case[] = [
  [
    'a seat that swallows is taken at once, and the host has proxies',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    '0: c+ syn c~ syn c- syn -> k0: c+ | k0: c~ | k0: c-',
    '2: left+ x=1 syn -> p0: left+ x=1',
  ],
  [
    'a source with a key held is taken once it is released',
    '0: c+ syn',
    `${swallowing} -> grab 1 | grab 2`,
    '1: d+ syn -> k0: d+',
    '0: c~ syn',
    '0: c- syn -> grab 0',
    '0: e+ syn -> k0: e+',
  ],
  [
    'a move waits for no key',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    '0: c+ syn -> k0: c+',
    'move 0 1 -> moved 0 to 1 in 1: asked | k0: c-',
    '0: c- syn',
    '0: d+ syn -> k1: d+',
    'move 0 0 -> moved 0 to 0 in 2: asked | k1: d-',
    '0: d- syn',
  ],
  [
    'the host’s part of a chord is released and the rest swallowed',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    '0: a+ syn -> k0: a+',
    '0: b+ syn -> moved 0 to 1 in 1: chord | chord 7 to 1 | k0: a-',
    '0: a~ syn b- syn a- syn',
  ],
  [
    'without a place for its keys and motion on the host nothing is taken',
    'table 0=0 1=0 2=0 t1=k1/p1 s0=swallow+direct 7@0:a+b,to=0/1',
    '0: a+ syn b+ syn -> chord 7 to 1',
    '0: a- b- syn -> grab 0 | grab 1 | grab 2 | moved 0 to 1 in 1: chord',
    'move 0 0 -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: asked',
  ],
  [
    'what has no place on the host any more is given back',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    `${swallowing.replace(/t0=\S+/, 't0=-/p0')} -> ungrab 0 | ungrab 1`,
    '2: x=1 syn -> p0: x=1',
  ],
  [
    'panic takes a swallowing seat back and keeps it taken',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    'move 0 1 -> moved 0 to 1 in 1: asked',
    '0: c+ syn -> k1: c+',
    '0: y+ z+ syn -> moved 0 to 0 in 3: panic | moved 1 to 0 in 1: panic | panic | k1: c-',
    '0: d+ syn -> k0: d+',
  ],
  [
    'what the host had on its proxies is released when its seat swallows no more',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    '0: c+ syn -> k0: c+',
    `${swallowing.replace('+swallow', '')} -> ungrab 0 | ungrab 1 | ungrab 2 | k0: c-`,
    '0: c- syn',
  ],
  [
    'a seat that swallows no more is given back',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    '0: c+ syn -> k0: c+',
    `${table} -> ungrab 0 | ungrab 1 | ungrab 2 | k0: c-`,
  ],
  [
    'a seat that swallows from now on goes at once where it waited to go',
    '0: c+ syn',
    'move 0 1',
    `${swallowing} -> grab 1 | grab 2 | moved 0 to 1 in 1: asked`,
    '1: d+ syn -> k1: d+',
    '0: c- syn -> grab 0',
    '0: e+ syn -> k1: e+',
  ],
  [
    'a seat that swallows no more while a domain has it stays there',
    `${swallowing} -> grab 0 | grab 1 | grab 2`,
    'move 0 1 -> moved 0 to 1 in 1: asked',
    table,
    '0: c+ syn -> k1: c+',
  ],
];

const had = dialogues(desk);

test.each(cases)('%s', async (_name, ...dialogue) => {
  expect(await had(dialogue)).toEqual(dialogue);
});
