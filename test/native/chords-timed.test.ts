import { expect, test } from 'vitest';
import { startChords } from './router-desk.ts';

const ask = startChords();

/** Two keyboards on seat 0, one on seat 1; a twice is chord 7, b and c held for half a second 8. */
const table = 'table 0=0 1=0 2=1 7@0:a,tap 8@0:b+c,hold=500';
const desk = ['add 0', 'add 1', 'add 2', table];

const taps: [name: string, lines: string[], answers: string[]][] = [
  [
    'a tapped chord fires at the second press',
    ['0: @10 a+ syn @60 a- syn', '0: @200 a+ syn'],
    ['fire 7@0'],
  ],
  ['one tap does not fire', ['0: @10 a+ syn @60 a- syn'], []],
  ['the last moment counts', ['0: @10 a+ syn a- syn @410 a+ syn'], ['fire 7@0']],
  ['a second tap comes too late', ['0: @10 a+ syn a- syn @411 a+ syn'], []],
  [
    'a tap that came too late is the first of another pair',
    ['0: @10 a+ syn a- syn @411 a+ syn a- syn @500 a+ syn'],
    ['fire 7@0'],
  ],
  [
    'a third tap is not a second pair',
    ['0: @10 a+ syn a- syn @100 a+ syn a- syn @200 a+ syn a- syn'],
    ['fire 7@0'],
  ],
  [
    'four taps are two pairs',
    ['0: @10 a+ syn a- syn @50 a+ syn a- syn @90 a+ syn a- syn @130 a+ syn'],
    ['fire 7@0', 'fire 7@0'],
  ],
  [
    'a press of another key between spoils the pair',
    ['0: @10 a+ syn a- syn @50 x+ syn x- syn @90 a+ syn'],
    [],
  ],
  [
    'a press of another key while the first tap is down spoils the pair',
    ['0: @10 a+ syn x+ syn a- syn x- syn @90 a+ syn'],
    [],
  ],
  [
    'a press of another key on the seat’s other keyboard spoils the pair',
    ['0: @10 a+ syn a- syn', '1: @50 x+ syn', '0: @90 a+ syn'],
    [],
  ],
  [
    'a press on another seat does not',
    ['0: @10 a+ syn a- syn', '2: @50 x+ syn', '0: @90 a+ syn'],
    ['fire 7@0'],
  ],
  [
    'a release of another key between does not',
    ['0: @5 x+ syn @10 a+ syn a- syn @50 x- syn @90 a+ syn'],
    ['fire 7@0'],
  ],
  ['the two taps may be on two keyboards', ['0: @10 a+ syn a- syn', '1: @90 a+ syn'], ['fire 7@0']],
  [
    'a key held on one keyboard hides taps on the other',
    ['0: @10 a+ syn', '1: @50 a+ syn a- syn @90 a+ syn a- syn'],
    [],
  ],
  ['repeats are no taps', ['0: @10 a+ syn @200 a~ syn a~ syn'], []],
  [
    'a keyboard that leaves has released its key',
    ['0: @10 a+ syn', 'remove 0', '1: @90 a+ syn'],
    ['fire 7@0'],
  ],
  [
    'a new table may fall between two taps',
    ['0: @10 a+ syn a- syn', table, '0: @90 a+ syn'],
    ['fire 7@0'],
  ],
  [
    'a new table that has another chord in its place begins anew',
    ['0: @10 a+ syn a- syn', 'table 0=0 7@0:b,tap', table, '0: @90 a+ syn'],
    [],
  ],
  [
    'a key that was down when the table came is no first tap',
    ['remove 0', 'add 0 a', table, '0: @10 a- syn @50 a+ syn'],
    [],
  ],
  [
    'a second tap found after an overflow counts',
    ['0: @10 a+ syn a- syn', '0: @90 dropped syn | a'],
    ['repair 0', 'fire 7@0'],
  ],
  [
    'taps lost in an overflow do not count',
    ['0: @10 a+ syn', 'tear 0', '0: | a', '0: @90 a- syn'],
    ['repair 0'],
  ],
];

const holds: [name: string, lines: string[], answers: string[]][] = [
  ['a held chord does not fire at once', ['0: @10 b+ c+ syn', 'deadline'], ['due 510']],
  ['a held chord fires at its time', ['0: @10 b+ c+ syn', 'tick @510'], ['fire 8@0']],
  [
    'a tick before its time tells the time again',
    ['0: @10 b+ c+ syn', 'tick @509', 'deadline', 'tick @510'],
    ['due 510', 'fire 8@0'],
  ],
  [
    'it fires once',
    ['0: @10 b+ c+ syn', 'tick @510', 'tick @2000', 'deadline'],
    ['fire 8@0', 'due 0'],
  ],
  ['a chord that is let go does not fire', ['0: @10 b+ c+ syn @300 c- syn', 'tick @510'], []],
  [
    'a chord that is let go and made whole again waits anew',
    ['0: @10 b+ c+ syn @300 c- syn @400 c+ syn', 'tick @510', 'deadline', 'tick @900'],
    ['due 900', 'fire 8@0'],
  ],
  ['repeats do not put it off', ['0: @10 b+ c+ syn @300 c~ syn', 'tick @510'], ['fire 8@0']],
  ['other presses do not put it off', ['0: @10 b+ c+ syn @300 x+ syn', 'tick @510'], ['fire 8@0']],
  [
    'it may be split over two keyboards',
    ['0: @10 b+ syn', '1: @20 c+ syn', 'tick @520'],
    ['fire 8@0'],
  ],
  [
    'a keyboard that leaves lets it go',
    ['0: @10 b+ syn', '1: @20 c+ syn', 'remove 1', 'tick @520'],
    [],
  ],
  ['a new table does not put it off', ['0: @10 b+ c+ syn', table, 'tick @510'], ['fire 8@0']],
  [
    'a new table that has another in its place lets it go',
    ['0: @10 b+ c+ syn', 'table 0=0 7@0:a,tap 8@0:c+d,hold=500', 'deadline', 'tick @510'],
    ['due 0'],
  ],
  [
    'a release found after an overflow lets it go',
    ['0: @10 b+ c+ syn', 'tear 0', '0: | b', 'tick @510'],
    ['repair 0'],
  ],
  [
    'the earliest of two is told, and then the other',
    [
      'table 0=0 1@0:a,hold=100 2@0:b,hold=50',
      '0: @10 a+ b+ syn',
      'deadline',
      'tick @60',
      'deadline',
      'tick @110',
    ],
    ['due 60', 'fire 2@0', 'due 110', 'fire 1@0'],
  ],
  [
    'a key that is tapped and then held may be both',
    ['table 0=0 1@0:a,tap,hold=100', '0: @10 a+ syn a- syn @50 a+ syn', 'tick @150'],
    ['fire 1@0'],
  ],
];

test.each([...taps, ...holds])('%s', async (_name, lines, answers) => {
  expect((await ask([...desk, ...lines])).flat()).toEqual(answers);
});
