import { expect, test } from 'vitest';
import { type Case, desk, dialogues, table, taken } from './router-desk.ts';

const betweenDomains = table.replace('7@0:a+b,to=0/1', '7@0:a+b,to=1/2');
const open = table.replace('7@0:a+b,to=0/1,swallow', '7@0:a+b,to=0/1');
const guarded = `${table} 6@0:q+w,swallow`;
const held = table.replace('7@0:a+b,', '7@0:a+b,hold=500,');
const tapped = table.replace('7@0:a+b,', '7@0:a,tap,');

const cases: Case[] = [
  [
    'a chord sends its seat once all keys are up',
    '0: a+ b+ syn -> chord 7 to 1',
    '0: a- syn',
    '0: b- syn -> grab 0 | grab 1 | grab 2 | moved 0 to 1 in 1: chord',
  ],
  [
    'a chord brings its seat back at once; its keys are swallowed',
    taken,
    '0: a+ syn -> k1: a+',
    '0: b+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0 | k1: a-',
    '0: a~ syn b~ syn b- syn a- syn',
  ],
  [
    'what the report has beside the chord is the old owner’s',
    taken,
    '0: b+ c+ a+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0 | k1: c+ | k1: c-',
  ],
  [
    'a chord split over two keyboards is swallowed on both',
    taken,
    'move 0 2 -> moved 0 to 2 in 2: asked',
    '0: a+ syn -> k2: a+',
    '1: b+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 3: chord | chord 7 to 0 | k2: a-',
    '0: a- syn',
    '1: b- syn',
  ],
  [
    'its releases and repeats after a switch between domains reach neither',
    betweenDomains,
    taken,
    '0: a+ syn -> k1: a+',
    '1: b+ syn -> moved 0 to 2 in 2: chord | chord 7 to 2 | k1: a-',
    '1: b~ syn',
    '0: a~ syn a- syn',
    '1: b- syn',
    '1: b+ syn -> k2: b+',
  ],
  [
    'a chord that does not swallow reaches the owner',
    open,
    taken,
    '0: a+ syn b+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0 | k1: a+ | k1: b+ | k1: a- b-',
    '0: b- syn a- syn',
  ],
  [
    'a chord goes round its targets',
    'table 0=0 t1=k1/p1 t2=k2/p2 s0=direct 7@0:a,to=0/1/2,swallow',
    '0: a+ syn a- syn -> chord 7 to 1 | grab 0 | moved 0 to 1 in 1: chord',
    '0: a+ syn a- syn -> moved 0 to 2 in 2: chord | chord 7 to 2',
    '0: a+ syn a- syn -> ungrab 0 | moved 0 to 0 in 3: chord | chord 7 to 0',
  ],
  [
    'a chord goes on from what waits',
    '0: c+ syn',
    '0: a+ b+ syn a- b- syn -> chord 7 to 1',
    '0: a+ b+ syn a- b- syn -> chord 7 to 0',
    '0: c- syn',
  ],
  [
    'a chord sends a seat that is elsewhere to its first target',
    'move 0 2 -> grab 0 | grab 1 | grab 2 | moved 0 to 2 in 1: asked',
    '0: a+ b+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0',
  ],
  [
    'a chord that may not move its seat is told',
    'table 0=0 t1=k1/p1 7@0:a+b,to=1,swallow',
    '0: a+ b+ syn a- b- syn -> chord 7 to 1',
    'move 0 1 -> grab 0 | moved 0 to 1 in 1: asked',
    '0: a+ b+ syn a- b- syn -> chord 7 to 1',
  ],
  [
    'a chord that may not move its seat brings it back all the same',
    'table 0=0 t1=k1/p1 7@0:a+b,to=0/1,swallow',
    'move 0 1 -> grab 0 | moved 0 to 1 in 1: asked',
    '0: a+ b+ syn -> ungrab 0 | moved 0 to 0 in 2: chord | chord 7 to 0',
  ],
  [
    'a chord to a domain that does not listen is refused and told',
    'deaf k1 on',
    '0: a+ b+ syn a- b- syn -> refused 0 to 1: deaf | chord 7 to 1',
  ],
  [
    'a guest’s request from before a chord is stale',
    taken,
    '0: a+ b+ syn a- b- syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0',
    'move 0 1 @1 -> stale',
  ],
  [
    'a chord replaces a guest’s request that waits',
    '0: c+ syn',
    'move 0 2',
    '0: a+ b+ syn -> chord 7 to 0',
    '0: a- b- c- syn',
  ],
  [
    'a guard chord is kept from the domain and tells nobody',
    guarded,
    taken,
    '0: q+ syn -> k1: q+',
    '0: w+ syn -> k1: q-',
    '0: w~ syn w- syn q- syn',
    '0: q+ syn -> k1: q+',
  ],
  [
    'a chord that is held keeps its keys from nobody before its time',
    held,
    taken,
    '0: @10 a+ b+ syn -> k1: a+ b+',
    'deadline -> due 0',
    'tick @510 -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0 | k1: a- b-',
    '0: a- b- syn',
  ],
  [
    'a chord that is let go before its time is typed',
    held,
    taken,
    '0: @10 a+ b+ syn -> k1: a+ b+',
    '0: a- b- syn -> k1: a- b-',
    'tick @510',
  ],
  [
    'of a tapped chord the first tap is typed',
    tapped,
    taken,
    '0: @10 a+ syn a- syn -> k1: a+ | k1: a-',
    '0: @60 a+ syn -> ungrab 0 | ungrab 1 | ungrab 2 | moved 0 to 0 in 2: chord | chord 7 to 0',
    '0: a~ syn a- syn',
  ],
  [
    'a report may end two chords',
    'table 0=0 t1=k1/p1 s0=direct 1@0:a+b,swallow,to=0 2@0:b,to=1',
    'move 0 1 -> grab 0 | moved 0 to 1 in 1: asked',
    '0: a+ syn -> k1: a+',
    '0: b+ syn -> ungrab 0 | moved 0 to 0 in 2: chord | chord 1 to 0 | chord 2 to 1 | k1: a-',
  ],
];

const had = dialogues(desk);

test.each(cases)('%s', async (_name, ...dialogue) => {
  expect(await had(dialogue)).toEqual(dialogue);
});
