import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { walk, steps } from './chords-model.ts';
import { startChords } from './router-desk.ts';

const ask = startChords();

/** Two keyboards on seat 0, one on seat 1; chord 7 is a and b on seat 0, chord 8 the same on seat 1. */
const table = 'table 0=0 1=0 2=1 7@0:a+b 8@1:a+b';
const desk = ['add 0', 'add 1', 'add 2', table];

const cases: [name: string, lines: string[], answers: string[]][] = [
  ['a chord fires when its last key goes down', ['0: a+ syn', '0: b+ syn'], ['fire 7@0']],
  ['a chord fires in the other order', ['0: b+ syn', '0: a+ syn'], ['fire 7@0']],
  ['a chord fires when one report brings all of it', ['0: a+ b+ syn'], ['fire 7@0']],
  ['a chord waits for the end of the report', ['0: a+ b+'], []],
  ['a key that is down and up in one report was not pressed', ['0: a+ syn b+ b- syn'], []],
  ['half of a chord does not fire', ['0: a+ syn a- syn', '0: b+ syn'], []],
  ['a chord may be split over two keyboards', ['0: a+ syn', '1: b+ syn'], ['fire 7@0']],
  ['a chord may not be split over two seats', ['0: a+ syn', '2: b+ syn'], []],
  ['each seat has its own chords', ['2: a+ syn b+ syn'], ['fire 8@1']],
  [
    'a key that two keyboards hold is down until both let go',
    ['0: a+ syn', '1: a+ syn', '0: a- syn', '0: b+ syn'],
    ['fire 7@0'],
  ],
  [
    'a chord stays whole while a second keyboard still holds its key',
    ['0: a+ b+ syn', '1: a+ syn', '0: a- syn', '0: a+ syn'],
    ['fire 7@0'],
  ],
  ['other keys held do not hinder', ['0: x+ y+ syn', '0: a+ b+ syn'], ['fire 7@0']],
  ['other keys pressed meanwhile do not fire again', ['0: a+ b+ syn x+ syn'], ['fire 7@0']],
  ['repeats neither press nor fire', ['0: a+ syn b~ syn b+ syn a~ b~ syn'], ['fire 7@0']],
  [
    'a chord fires again after one of its keys was released',
    ['0: a+ b+ syn', '0: b- syn b+ syn'],
    ['fire 7@0', 'fire 7@0'],
  ],
  [
    'releasing the whole chord arms it once',
    ['0: a+ b+ syn', '0: a- syn b- syn a+ syn b+ syn'],
    ['fire 7@0', 'fire 7@0'],
  ],
  ['a keyboard that leaves releases its keys', ['0: a+ syn', 'remove 0', '1: b+ syn'], []],
  [
    'a keyboard that leaves with a chord held arms the chord',
    ['0: a+ syn', '1: b+ syn', 'remove 0', '1: a+ syn'],
    ['fire 7@0', 'fire 7@0'],
  ],
  [
    'a key stays down when one of two keyboards that hold it leaves',
    ['0: a+ syn', '1: a+ syn', 'remove 0', '1: b+ syn'],
    ['fire 7@0'],
  ],
  [
    'a keyboard in a slot that was free again starts afresh',
    ['0: a+ syn', 'remove 0', 'add 0', 'table 0=0 7@0:a+b', '0: b+ syn'],
    [],
  ],
  [
    'a keyboard that arrives belongs to no seat before the next table',
    ['remove 0', 'add 0', '0: a+ b+ syn'],
    [],
  ],
  [
    'keys down at the start count',
    ['remove 0', 'add 0 a', 'table 0=0 7@0:a+b', '0: b+ syn'],
    ['fire 7@0'],
  ],
  [
    'a chord that is down at the start does not fire',
    ['remove 0', 'add 0 a b', 'table 0=0 7@0:a+b', '0: x+ syn'],
    [],
  ],
  [
    'a chord that was down at the start fires when pressed anew',
    ['remove 0', 'add 0 a b', 'table 0=0 7@0:a+b', '0: a- syn a+ syn'],
    ['fire 7@0'],
  ],
  [
    'a new table keeps the keys that are held',
    ['0: a+ syn', 'table 0=0 9@0:a+c', '0: c+ syn'],
    ['fire 9@0'],
  ],
  ['a new table fires no chord that it finds whole', ['0: a+ c+ syn', 'table 0=0 9@0:a+c'], []],
  [
    'a new table does not fire a chord twice',
    ['0: a+ b+ syn', 'table 0=0 7@0:a+b', '0: x+ syn'],
    ['fire 7@0'],
  ],
  [
    'a keyboard takes its keys along to another seat',
    ['0: a+ syn', 'table 0=1 1=0 2=1 7@0:a+b 8@1:a+b', '1: b+ syn', '2: b+ syn'],
    ['fire 8@1'],
  ],
  ['a new table may fall into a report', ['0: a+ b+', 'table 0=0 7@0:a+b', '0: syn'], ['fire 7@0']],
  [
    'keys that were down together on two keyboards count, whichever is read first',
    ['1: @20 b+ syn @30 b- syn', '0: @10 a+ syn @40 a- syn'],
    ['fire 7@0'],
  ],
  [
    'so they do when the one that went down first is read first',
    ['0: @10 a+ syn @30 a- syn', '1: @20 b+ syn @40 b- syn'],
    ['fire 7@0'],
  ],
  [
    'keys that were down one after the other do not, whichever is read first',
    ['1: @30 b+ syn @40 b- syn', '0: @10 a+ syn @20 a- syn'],
    [],
  ],
  [
    'a chord that is read too late fires once, and again when struck anew',
    ['1: @20 b+ syn @30 b- syn', '0: @10 a+ syn @40 a- syn', '0: @50 x+ a+ syn', '1: @60 b+ syn'],
    ['fire 7@0', 'fire 7@0'],
  ],
  [
    'a chord to be held is not, when it is up again before it was read',
    [
      'table 0=0 1=0 7@0:a+b,hold=5',
      '1: @20 b+ syn @30 b- syn',
      '0: @10 a+ syn @40 a- syn',
      'tick @50',
    ],
    [],
  ],
  [
    'a chord that was read too late counts though a new table came between',
    ['1: @20 b+ syn @30 b- syn', table, '0: @10 a+ syn', table, '0: @40 a- syn'],
    ['fire 7@0'],
  ],
  [
    'a new table that makes a chord whole does not fire it late either',
    [
      '2: @5 b+ syn',
      '0: @10 a+ syn',
      'table 0=0 1=0 2=0 7@0:a+b',
      '0: @12 a- syn',
      '2: @15 b- syn',
    ],
    [],
  ],
  [
    'one press can fire several chords',
    ['table 0=0 1@0:a+b 2@0:b', '0: a+ syn b+ syn'],
    ['fire 1@0', 'fire 2@0'],
  ],
  [
    'a press lost in an overflow counts',
    ['0: a+ syn', '0: dropped x+ syn | a b'],
    ['repair 0', 'fire 7@0'],
  ],
  [
    'a release lost in an overflow counts',
    ['0: a+ syn', '0: dropped syn |', '0: b+ syn'],
    ['repair 0'],
  ],
  [
    'a release lost in an overflow arms the chord',
    ['0: a+ b+ syn', '0: dropped syn | a', '0: b+ syn'],
    ['fire 7@0', 'repair 0', 'fire 7@0'],
  ],
  ['the half report before an overflow is discarded', ['0: a+ b+ dropped syn | a'], ['repair 0']],
  [
    'the torn report after an overflow is discarded',
    ['0: a+ syn', '0: dropped b+ syn | a'],
    ['repair 0'],
  ],
  [
    'an overflow is repaired only when its torn report has ended',
    ['0: a+ syn dropped b+', '0: x+', '0: syn | a b'],
    ['repair 0', 'fire 7@0'],
  ],
  [
    'events read after an overflow are older than the repair',
    ['0: a+ syn dropped syn b+ syn | a', '0: x+ syn'],
    ['repair 0'],
  ],
  [
    'an overflow on one keyboard leaves the other alone',
    ['0: dropped x+', '1: a+ b+ syn', '0: syn | x'],
    ['fire 7@0', 'repair 0'],
  ],
  [
    'a keyboard that leaves torn comes back whole',
    ['0: dropped', 'remove 0', 'add 0', 'table 0=0 7@0:a+b', '0: a+ b+ syn'],
    ['fire 7@0'],
  ],
  [
    'a keyboard that leaves needs no repair any more',
    ['tear 0', 'remove 0', '1: a+ b+ syn'],
    ['fire 7@0'],
  ],
];

test.each(cases)('%s', async (_name, lines, answers) => {
  expect((await ask([...desk, ...lines])).flat()).toEqual(answers);
});

test(
  'chords fire just when they are struck, tapped or held, whatever happened before',
  () =>
    fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { lines, answers } = walk(all);
        expect((await ask(lines)).flat()).toEqual(answers);
      }),
      { numRuns: 1000 },
    ),
  60_000,
);

/** From when until when a key is down. */
const span = fc
  .uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 2 })
  .map((times) => times.toSorted((one, other) => one - other) as [number, number]);
/** Which keyboard is read next. */
const reads = fc.shuffledSubarray([0, 0, 1, 1], { minLength: 4 });

test('keys of two keyboards that were down together fire once, in whatever order they are read', () =>
  fc.assert(
    fc.asyncProperty(span, span, reads, async (a, b, order) => {
      const unread = [
        [`0: @${a[0]} a+ syn`, `0: @${a[1]} a- syn`],
        [`1: @${b[0]} b+ syn`, `1: @${b[1]} b- syn`],
      ];
      const lines = order.map((keyboard) => unread[keyboard]?.shift() ?? '');
      const wereTogether = a[0] < b[1] && b[0] < a[1];
      // Both down after two reads: the release of one is still to come.
      const areReadTogether = order[0] !== order[1];
      expect((await ask([...desk, ...lines])).flat()).toEqual(
        wereTogether || areReadTogether ? ['fire 7@0'] : [],
      );
    }),
    { numRuns: 500 },
  ));
