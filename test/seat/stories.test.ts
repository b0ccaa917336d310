import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { createWorld, panicAll, seatWith } from './world.ts';

/** What is told of the seat, each time that something has changed. */
async function start() {
  const world = createWorld();
  const told: string[] = [];
  const seats = createSeats(
    { seats: [seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK')] },
    world.effects,
    () => {
      for (const { owner, moving, move, repair } of seats.view().seats) {
        const state = moving ? `from ${owner}` : `with ${owner}`;
        const handoff = move && `${move.number} to ${move.to}: ${move.why}`;
        const line = [state, handoff, move?.failure, repair && `${repair.number} ${repair.what}`];
        const text = line.filter(Boolean).join('; ');
        if (text !== told.at(-1)) told.push(text);
      }
    },
  );
  const look = async () => {
    await seats.refresh();
    await setImmediate();
  };
  await look();
  told.length = 0;
  return { world, seats, told, look };
}

test('a handoff says why it was begun, for as long as it lasts and after it', async () => {
  const { seats, told } = await start();
  await seats.give('desk', 'win10', { why: 'chord' });
  await seats.toggle('desk', undefined, { why: 'guest a' });
  expect(told).toEqual([
    'from host; 1 to win10: chord',
    'with win10; 1 to win10: chord',
    'from win10; 2 to host: guest a',
    'with host; 2 to host: guest a',
  ]);
});

test('one that fails says why, with no word of a remedy, until the next begins', async () => {
  const { world, seats, told } = await start();
  const refused = seats.give('desk', 'win10', {
    why: 'guest a',
    check() {
      throw new HandglassError('not-permitted', 'Not yours.', 'Ask elsewhere.');
    },
  });
  await expect(refused).rejects.toThrow();
  world.setState('win10', 'shut off');
  await seats.give('desk', 'win11', { why: 'chord' });
  expect(told).toEqual([
    'from host; 1 to win10: guest a',
    'with host; 1 to win10: guest a; Not yours.',
    'from host; 2 to win11: chord',
    'with win11; 2 to win11: chord',
  ]);
});

test('who asks for what is under way already is told of with whoever came first', async () => {
  const { seats, told } = await start();
  await Promise.all([
    seats.give('desk', 'win10', { why: 'chord' }),
    seats.give('desk', 'win10', { why: 'guest a' }),
  ]);
  expect(told).toEqual(['from host; 1 to win10: chord', 'with win10; 1 to win10: chord']);
});

test('a panic that overtakes a handoff is what is told of, and not how that one ended', async () => {
  const { world, seats, told } = await start();
  const giving = seats.give('desk', 'win10', { why: 'chord' });
  world.fail = (call) => {
    if (call.startsWith('attach win10 ')) throw new Error('it is stuck');
  };
  await Promise.allSettled([giving, panicAll(seats)]);
  expect(told).toEqual([
    'from host; 1 to win10: chord',
    'from host; 2 to host: panic chord',
    'with host; 2 to host: panic chord',
  ]);
});

test('what is done for a device that comes back is told of, each time', async () => {
  const { world, seats, told, look } = await start();
  await seats.give('desk', 'win10', { why: 'chord' });
  told.length = 0;
  for (let round = 0; round < 2; round += 1) {
    world.replug('1-1');
    await look();
  }
  const given = 'with win10; 1 to win10: chord';
  const cleared = 'win10 has let go of what was pulled out';
  const attached = 'QEMU MOUSE (port 1-1) was plugged in and is with win10';
  expect(told).toEqual([
    given,
    `${given}; 1 ${cleared}`,
    `${given}; 2 ${attached}`,
    `${given}; 3 ${cleared}`,
    `${given}; 4 ${attached}`,
  ]);
});
