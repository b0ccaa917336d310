import { expect, test } from 'vitest';
import { type Case, dialogues } from './router-desk.ts';

/** Two touchpads of a model on seat 0; target 3 has no clones of them. */
const routes = 'table 4=0 5=0 4@1=c0 5@1=c1 4@2=c3 5@2=c4 t1=k1/p1 t2=k2/p2';
const desk = ['add 4 touchpad', 'add 5 touchpad', routes];

const cases: Case[] = [
  [
    'a clone gets all that its source sends',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: slot=0 touch=7 absx=5 touching+ scan=4 syn -> c0: slot=0 touch=7 absx=5 touching+ scan=4',
  ],
  [
    'a device whose clone nobody reads stays with the host, and the others go',
    'deaf c0 on',
    'move 0 1 -> grab 5 | moved 0 to 1 in 1: asked',
    '4: absx=1 syn',
  ],
  [
    'a device whose clone is read no more goes back to the host by itself, and what it held is released',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: touch=7 touching+ syn -> c0: slot=0 touch=7 touching+',
    'deaf c0 on',
    'tick @2500 -> ungrab 4 | c0: touching- slot=0 touch=-1',
    '4: absx=1 syn',
    '5: absx=2 syn -> c1: absx=2',
  ],
  [
    'a device whose clone nobody reads at the next domain is left to the host on the way',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    'deaf c3 on',
    'move 0 2 -> ungrab 4 | moved 0 to 2 in 2: asked',
    '5: absx=2 syn -> c4: absx=2',
  ],
  [
    'a domain need not listen to its other proxies',
    'deaf p1 on',
    'deaf k1 on',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
  ],
  [
    'touches are released on the switch, and so are buttons',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: slot=0 touch=7 touching+ syn -> c0: slot=0 touch=7 touching+',
    '4: slot=1 touch=8 syn -> c0: slot=1 touch=8',
    'move 0 0 -> ungrab 4 | ungrab 5 | moved 0 to 0 in 2: asked | c0: touching- slot=0 touch=-1 slot=1 touch=-1',
  ],
  [
    'touches that have ended are not',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: slot=0 touch=7 syn slot=1 touch=8 syn slot=0 touch=-1 syn -> c0: slot=0 touch=7 | c0: slot=1 touch=8 | c0: slot=0 touch=-1',
    'move 0 0 -> ungrab 4 | ungrab 5 | moved 0 to 0 in 2: asked | c0: slot=1 touch=-1',
  ],
  [
    'touches are released once',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: slot=0 touch=7 syn -> c0: slot=0 touch=7',
    'move 0 2 -> moved 0 to 2 in 2: asked | c0: slot=0 touch=-1',
    'move 0 1 -> moved 0 to 1 in 3: asked',
  ],
  [
    'which touch the source speaks of is said to a clone that has not heard it',
    '4: slot=1 touch=7 syn touch=-1 syn',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: touch=8 syn touch=-1 syn -> c0: slot=1 touch=8 | c0: touch=-1',
    'move 0 2 -> moved 0 to 2 in 2: asked',
    '4: touch=9 syn slot=0 touch=10 syn -> c3: slot=1 touch=9 | c3: slot=0 touch=10',
    'move 0 1 -> moved 0 to 1 in 3: asked | c3: slot=0 touch=-1 slot=1 touch=-1',
    '4: slot=0 touch=11 syn -> c0: slot=0 touch=11',
  ],
  [
    'touches end where events were lost, and the next is where the source has it',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: slot=0 touch=7 syn -> c0: slot=0 touch=7',
    '4: dropped slot=1 touch=8 syn -> c0: slot=0 touch=-1',
    '4: touch=9 syn -> c0: slot=1 touch=9',
  ],
  [
    'touches are released when the source is unplugged',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: touch=7 syn -> c0: slot=0 touch=7',
    'remove 4 -> c0: slot=0 touch=-1',
  ],
  [
    'two of a model have a clone each',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: absx=1 syn -> c0: absx=1',
    '5: absx=2 syn -> c1: absx=2',
  ],
  [
    'each target has clones of its own, or none',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    'move 0 2 -> moved 0 to 2 in 2: asked',
    '4: absx=1 touching+ syn -> c3: absx=1 touching+',
  ],
  [
    'a new table with another clone releases what is held on the old',
    'move 0 1 -> grab 4 | grab 5 | moved 0 to 1 in 1: asked',
    '4: touching+ syn -> c0: touching+',
    `${routes.replace('c0', 'c2')} -> c0: touching-`,
    '4: touching- syn',
    '4: touching+ syn -> c2: touching+',
  ],
];

const had = dialogues(desk);

test.each(cases)('%s', async (_name, ...dialogue) => {
  expect(await had(dialogue)).toEqual(dialogue);
});
