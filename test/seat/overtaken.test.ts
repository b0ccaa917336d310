/** What is asked of a seat while something else is under way: the last word counts. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSeats, type Seats } from '../../src/seat/seats.ts';
import { createWorld, panicAll, seatWithKeyboard, type World } from './world.ts';

/** Holds the first call of that beginning until it is released. */
function hold(world: World, beginning: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isHeld = false;
  world.fail = (call) => {
    if (isHeld || !call.startsWith(beginning)) return undefined;
    isHeld = true;
    return promise;
  };
  return resolve;
}

/** Nothing in this world takes longer than a few promises. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await setImmediate();
}

interface Row {
  name: string;
  /** What the first handoff is held at. */
  at: string;
  /** Comes while it is held. `input` is where the switchboard has sent the keyboard by then. */
  meanwhile: ((seats: Seats, sendInput: (to: string) => void) => Promise<unknown>[])[];
}

const chordHome: Row['meanwhile'][number] = (seats, sendInput) => {
  sendInput('host');
  return [seats.follow('desk', 'host', 'chord')];
};
const panic: Row['meanwhile'][number] = (seats, sendInput) => {
  sendInput('host');
  return [panicAll(seats)];
};

const rows: Row[] = [
  { name: 'a panic while a device attaches', at: 'attach ', meanwhile: [panic] },
  {
    name: 'a panic after two chords that wait for it',
    at: 'attach ',
    meanwhile: [chordHome, (seats) => [seats.follow('desk', 'win10', 'chord')], panic],
  },
  { name: 'a panic while a give waits for a repair', at: 'probe ', meanwhile: [panic] },
  { name: 'a chord home while a give waits for a repair', at: 'probe ', meanwhile: [chordHome] },
  {
    name: 'a chord home of which the switchboard tells nothing, the keyboard being there',
    at: 'attach ',
    meanwhile: [(seats) => [seats.follow('desk', 'host', 'chord')]],
  },
  {
    name: 'a rule that brings it home',
    at: 'attach ',
    meanwhile: [(seats) => [seats.bring('desk', { why: 'the host goes to sleep' })]],
  },
];

test.each(rows)('$name leaves all of the seat with the host', async ({ at, meanwhile }) => {
  const world = createWorld();
  const seat = seatWithKeyboard('desk', ['win10'], 'MOUSE', 'STICK');
  const seats = createSeats({ seats: [seat] }, world.effects, () => {});
  const release = hold(world, at);
  await seats.refresh();
  await rest();
  const given = Promise.allSettled([seats.give('desk', 'win10')]);
  await rest();
  const others: Promise<unknown>[] = [];
  for (const ask of meanwhile) {
    others.push(...ask(seats, (to) => world.sendInput('desk', to)));
    await rest();
  }
  release();
  const outcomes = await Promise.allSettled(others);
  await rest();
  expect(await given).toMatchObject([{ reason: { code: 'busy' } }]);
  expect(outcomes.at(-1)?.status).toBe('fulfilled');
  expect(world.effects.input.ownerOf('desk')).toBe('host');
  expect(['1-1', '1-2'].map(world.holder)).toEqual(['host', 'host']);
  expect(seats.view().seats[0]).toMatchObject({ owner: 'host', moving: false });
});
