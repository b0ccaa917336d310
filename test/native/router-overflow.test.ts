import { expect, test } from 'vitest';
import { type Case, desk, dialogues, table, taken } from './router-desk.ts';

const betweenDomains = table.replace('7@0:a+b,to=0/1', '7@0:a+b,to=1/2');
const tooLong = `0: c+ ${'scan=4 '.repeat(128)}syn`;
const longest = `0: c+ ${'scan=4 '.repeat(127)}syn`;

const cases: Case[] = [
  ['a press lost in an overflow is made up for', taken, '0: dropped syn | c -> k1: c+'],
  [
    'a release lost in an overflow is made up for',
    taken,
    '0: c+ syn -> k1: c+',
    '0: dropped syn | -> k1: c-',
  ],
  [
    'half a report before an overflow is forwarded to nobody',
    taken,
    '0: c+ dropped syn |',
    '2: left+ x=3 dropped x=4 syn |',
  ],
  [
    'the torn report after an overflow is forwarded to nobody',
    taken,
    '0: dropped d+ syn | c -> k1: c+',
    '0: e+ syn -> k1: e+',
  ],
  [
    'reports read after an overflow are older than its repair',
    taken,
    '0: dropped syn c+ syn c- syn |',
  ],
  [
    'a tap lost whole stays lost',
    taken,
    '0: c+ syn -> k1: c+',
    '0: dropped syn | c',
    '0: c- syn -> k1: c-',
  ],
  [
    'an overflow changes nothing for the other source',
    taken,
    '1: c+ syn -> k1: c+',
    '0: dropped syn |',
    '1: c- syn -> k1: c-',
  ],
  [
    'a key that another keyboard holds is not released by a repair',
    taken,
    '0: c+ syn -> k1: c+',
    '1: c+ syn',
    '0: dropped syn |',
    '1: c- syn -> k1: c-',
  ],
  [
    'a press that makes a chord whole counts when it was lost',
    taken,
    '0: a+ syn -> k1: a+',
    '0: dropped syn | a b -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0 | k1: a-',
    '0: a- b- syn',
  ],
  [
    'a swallowed key’s release stays swallowed when it was lost',
    betweenDomains,
    taken,
    '0: a+ b+ syn -> moved 0 to 2 in 2: chord | chord 7 to 2',
    '0: dropped syn |',
    '0: a+ syn -> k2: a+',
  ],
  [
    'a lost release lets a move go on',
    '0: c+ syn',
    'move 0 1',
    '0: dropped syn | -> grab 0 | grab 1 | grab 2 | moved 0 to 1 in 1: asked',
  ],
  [
    'a lost press holds a move up',
    '0: dropped syn | c',
    'move 0 1',
    '0: c- syn -> grab 0 | grab 1 | grab 2 | moved 0 to 1 in 1: asked',
  ],
  ['the host needs no repair', '0: c+ dropped syn |', '0: dropped syn | d', '0: d- syn'],
  [
    'a report that is too long is as good as lost',
    taken,
    `${tooLong} -> k1: c+`,
    '0: c- syn -> k1: c-',
  ],
  [
    'a report of the greatest length is forwarded',
    taken,
    `${longest} -> k1: c+`,
    '0: c- syn -> k1: c-',
  ],
];

const had = dialogues(desk);

test.each(cases)('%s', async (_name, ...dialogue) => {
  expect(await had(dialogue)).toEqual(dialogue);
});
