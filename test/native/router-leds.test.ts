import { expect, test } from 'vitest';
import { type Case, dialogues } from './router-desk.ts';

/** Two keyboards on seat 0, two domains. */
const routes = 'table 0=0 1=0 t1=k1/p1 t2=k2/p2';
const desk = ['add 0 keyboard', 'add 1 keyboard', routes];
const swallowing = `${routes} t0=k0/p0 s0=swallow`;

const cases: Case[] = [
  [
    'a LED that the owner switches is lit on all keyboards of the seat',
    'move 0 1 -> grab 0 | grab 1 | light 0 | light 1 | moved 0 to 1 in 1: asked',
    'led k1 capsl on -> light 0 capsl | light 1 capsl',
    'led k1 numl on -> light 0 numl capsl | light 1 numl capsl',
    'led k1 capsl off -> light 0 numl | light 1 numl',
  ],
  [
    'a LED that another switches is kept for later',
    'move 0 1 -> grab 0 | grab 1 | light 0 | light 1 | moved 0 to 1 in 1: asked',
    'led k2 capsl on',
    'move 0 2 -> light 0 capsl | light 1 capsl | moved 0 to 2 in 2: asked',
    'led k1 numl on',
    'move 0 1 -> light 0 numl | light 1 numl | moved 0 to 1 in 3: asked',
  ],
  ['the host’s own LEDs are left alone', 'led k1 capsl on'],
  [
    'a keyboard that is plugged in again shows the owner’s',
    'led k1 capsl on',
    'move 0 1 -> grab 0 | grab 1 | light 0 capsl | light 1 capsl | moved 0 to 1 in 1: asked',
    'remove 0',
    'add 0 keyboard',
    `${routes} -> grab 0 | light 0 capsl`,
  ],
  [
    'a host that swallows has LEDs of its own',
    `${swallowing} -> grab 0 | light 0 | grab 1 | light 1`,
    'led k0 numl on -> light 0 numl | light 1 numl',
    'move 0 1 -> light 0 | light 1 | moved 0 to 1 in 1: asked',
    'move 0 0 -> light 0 numl | light 1 numl | moved 0 to 0 in 2: asked',
  ],
];

const had = dialogues(desk, { withLeds: true });

test.each(cases)('%s', async (_name, ...dialogue) => {
  expect(await had(dialogue)).toEqual(dialogue);
});
