import { expect, test } from 'vitest';
import { createLockout } from '../../src/daemon/lockout.ts';
import { operationsOn } from '../../src/daemon/operations.ts';
import { createProblems, moveOf } from '../../src/daemon/problems.ts';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import type { Viewer } from '../../src/server/visibility.ts';
import { manualClock } from '../host/clocks.ts';
import { createWorld, seatWithKeyboard } from '../seat/world.ts';

const guest: Viewer = { kind: 'guest', id: 'a', domain: 'win11' };
const local: Viewer = { kind: 'local' };

function start() {
  const world = createWorld();
  const clock = manualClock();
  const log: string[] = [];
  const told = { confirmations: 0 };
  const guests = new Set(['a', 'b']);
  const config = {
    lookingGlass: [],
    seats: [seatWithKeyboard('desk', ['win10', 'win11'], 'MOUSE')],
  };
  const problems = createProblems(
    () => {},
    () => {},
  );
  const lockout = createLockout(clock);
  const operations = operationsOn({
    clock,
    config,
    version: '0.1.0',
    seats: createSeats(config, world.effects, () => {}),
    problems,
    lookingGlass: () => [],
    lockout,
    knows: (id) => guests.has(id),
    hostSleep: { suspend: async () => {}, resume: async () => {} },
    groupsPicture: async () => '',
    confirm() {
      told.confirmations += 1;
    },
    subscribe: () => () => {},
    log: (line) => log.push(line),
  });
  return { world, clock, log, told, problems, lockout, guests, operations };
}

test('after a panic a guest is refused and told when to ask again, and nothing moves', async () => {
  const { world, log, lockout, operations } = start();
  lockout.begin();
  for (const move of [operations.give('desk', 'win11', guest), operations.toggle('desk', guest)]) {
    await expect(move).rejects.toMatchObject({
      code: 'locked-out',
      remedy: 'Ask again in 10 s.',
    });
  }
  expect(world.calls).toEqual([]);
  expect(log).toHaveLength(2);
  expect(log[0]).toMatch(/^desk: not moved \(guest a\): The panic chord was pressed/);
});

test.each(['give', 'toggle'] as const)(
  "a guest's %s that still waits when a panic comes is refused, and nothing moves",
  async (method) => {
    const { lockout, operations } = start();
    const move =
      method === 'give'
        ? operations.give('desk', 'win11', guest)
        : operations.toggle('desk', guest);
    lockout.begin();
    await expect(move).rejects.toMatchObject({ code: 'locked-out' });
    expect(operations.state().seats).toMatchObject([{ owner: 'host' }]);
  },
);

test('what a guest has asked for is refused where it is revoked before its turn', async () => {
  const { guests, operations } = start();
  const move = operations.give('desk', 'win11', guest);
  guests.clear();
  await expect(move).rejects.toMatchObject({
    code: 'not-permitted',
    what: 'This guest was revoked.',
  });
  expect(operations.state().seats).toMatchObject([{ owner: 'host' }]);
});

test('after a panic whoever is at the host moves seats all the same', async () => {
  const { log, lockout, operations } = start();
  lockout.begin();
  await operations.give('desk', 'win10', local);
  expect(operations.state().seats).toMatchObject([{ owner: 'win10' }]);
  expect(log).toEqual(['desk: with win10 (command line)']);
});

test('10 s after a panic a guest may ask again', async () => {
  const { clock, log, lockout, operations } = start();
  lockout.begin();
  clock.advance(10_000);
  await operations.toggle('desk', guest);
  expect(log).toEqual(['desk: with win11 (guest a)']);
});

test('a guest that asks all the time is refused with one line, others and the host are not', async () => {
  const { clock, log, operations } = start();
  const other: Viewer = { kind: 'guest', id: 'b', domain: 'win11' };
  for (let each = 0; each < 30; each += 1) await operations.toggle('desk', guest);
  for (let each = 0; each < 10; each += 1) {
    await expect(operations.toggle('desk', guest)).rejects.toMatchObject({
      code: 'busy',
      what: 'This guest asks too often.',
    });
  }
  expect(log).toHaveLength(31);
  expect(log.at(-1)).toBe('guest a: asks for moves too often, and is refused for a while');
  await operations.toggle('desk', other);
  await operations.give('desk', 'host', local);
  clock.advance(1_000);
  await operations.toggle('desk', guest);
  await expect(operations.toggle('desk', guest)).rejects.toMatchObject({ code: 'busy' });
});

test('a guest that asks back to back keeps a seat moving no more than half of the time', async () => {
  const { clock, operations } = start();
  const toggleIn10s = async () => {
    const move = operations.toggle('desk', guest);
    clock.advance(10_000);
    await move;
  };
  for (let each = 0; each < 4; each += 1) await toggleIn10s();
  const busy = { code: 'busy', what: 'This guest asks too often.' };
  for (let each = 0; each < 3; each += 1) {
    clock.advance(9_000);
    await expect(operations.toggle('desk', guest)).rejects.toMatchObject(busy);
    clock.advance(1_000);
    await toggleIn10s();
  }
});

test('a move settles what was wrong with the one before', async () => {
  const { problems, operations } = start();
  problems.set(moveOf('desk'), [new HandglassError('handoff-failed', 'It stuck.', 'Pull it.')]);
  expect(operations.state().problems).toEqual([
    { code: 'handoff-failed', message: 'It stuck.', remedy: 'Pull it.' },
  ]);
  await operations.give('desk', 'win10', local);
  expect(operations.state().problems).toEqual([]);
});

test('what is still to come is told as waited for, and not as a problem', () => {
  const { problems, operations } = start();
  problems.set('listen virbr0:18503', [
    new HandglassError('address-absent', 'There is no virbr0 yet.', 'Wait.'),
  ]);
  expect(operations.state()).toMatchObject({
    problems: [],
    waiting: [{ code: 'address-absent', message: 'There is no virbr0 yet.', remedy: 'Wait.' }],
  });
});

test('confirming ends the trial', () => {
  const { told, operations } = start();
  operations.confirm();
  expect(told.confirmations).toBe(1);
});
