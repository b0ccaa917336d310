/** Seats with the rules that complete their moves: what did not come home at once does later. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import { createHostSleep } from '../../src/daemon/host-sleep.ts';
import { completeMoves, type Moves } from '../../src/daemon/moves.ts';
import { createProblems } from '../../src/daemon/problems.ts';
import { HandglassError } from '../../src/errors.ts';
import { createSeats, type Seats } from '../../src/seat/seats.ts';
import { hurriedClock } from '../host/clocks.ts';
import { createWorld, seatWith, seatWithKeyboard } from '../seat/world.ts';

const sleeper: Seat = { ...seatWith('desk', ['win10'], 'MOUSE'), onSuspend: 'host' };
const away = new HandglassError('libvirt-unavailable', 'libvirt is away.');

function start(seat: Seat = seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK')) {
  const world = createWorld();
  const log: string[] = [];
  const logged = (line: string) => void log.push(line);
  const problems = createProblems(() => {}, logged);
  const seats: Seats = createSeats(
    { seats: [seat] },
    world.effects,
    () => moves.seen(seats.view()),
    { wished: (wish) => void moves.wished(wish) },
  );
  const { signal } = new AbortController();
  const clock = hurriedClock();
  const moves: Moves = completeMoves(clock, seats, problems, logged, signal);
  const sleep = createHostSleep(clock, [seat], seats, moves, signal);
  /** Reads, and waits for what follows: nothing in this world takes longer than a few promises. */
  const look = async () => {
    await seats.refresh();
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
  };
  const holders = () => ['1-1', '1-2'].map(world.holder);
  /** Lets so many of these calls fail since nobody can be asked. */
  const stumble = (beginning: string, times: number) => {
    let left = times;
    world.fail = (call) => {
      if (!call.startsWith(beginning) || left === 0) return;
      left -= 1;
      throw away;
    };
  };
  return { world, seats, moves, sleep, look, log, problems, holders, stumble };
}

test.each([1, 2])('a libvirt that is away for %i calls delays the way home', async (times) => {
  const { world, seats, look, problems, holders, stumble } = start();
  await seats.give('desk', 'win10');
  stumble('detach', times);
  world.setState('win10', 'paused');
  for (let reading = 0; reading < 3; reading += 1) await look();
  expect(holders()).toEqual(['host', 'host']);
  expect(problems.list()).toEqual([]);
});

test('one that stays away while it can be read is not asked for ever', async () => {
  const { world, seats, look, problems, holders, stumble } = start();
  await seats.give('desk', 'win10');
  stumble('detach', Infinity);
  world.setState('win10', 'paused');
  for (let reading = 0; reading < 5; reading += 1) await look();
  expect(holders()).toEqual(['win10', 'win10']);
  expect(problems.list()).toMatchObject([
    { code: 'libvirt-unavailable', remedy: 'Once it answers: `handglass give desk host`.' },
  ]);
  const count = world.calls.length;
  await look();
  expect(world.calls.length - count).toBeLessThan(5);
});

test('what a failed handoff has left in the domain comes home', async () => {
  const { world, seats, look, holders } = start();
  await look();
  const effects = { ...world.effects };
  world.effects.giveUsb = async (...given) => {
    await effects.giveUsb(...given);
    throw away;
  };
  await expect(seats.give('desk', 'win10')).rejects.toBe(away);
  await look();
  expect(holders()).toEqual(['host', 'host']);
});

test('a seat that is refused by another domain stays where it is', async () => {
  const { world, seats, look, holders } = start();
  await seats.give('desk', 'win10');
  world.setState('win11', 'shut off');
  await look();
  await expect(seats.give('desk', 'win11')).rejects.toMatchObject({ code: 'domain-not-running' });
  await look();
  expect(holders()).toEqual(['win10', 'win10']);
});

test('a seat that another domain is not to have, since a device stays, comes home', async () => {
  const { world, seats, look, holders } = start(
    seatWithKeyboard('desk', ['win10', 'win11'], 'MOUSE', 'STICK'),
  );
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call === 'detach win10 ua-handglass-1-2') throw new Error('QEMU is busy.');
  };
  await expect(seats.give('desk', 'win11')).rejects.toMatchObject({ code: 'handoff-failed' });
  world.fail = () => {};
  await look();
  expect(world.effects.input.ownerOf('desk')).toBe('host');
  expect(holders()).toEqual(['host', 'host']);
});

test('what another seat has sent there of what both have stays', async () => {
  const world = createWorld();
  const wishes: string[] = [];
  const both = ['desk', 'sofa'].map((name) => seatWith(name, ['win10'], 'MOUSE'));
  const seats = createSeats({ seats: both }, world.effects, () => {}, {
    wished: ({ seat, to }) => wishes.push(`${seat} to ${to}`),
  });
  await seats.refresh();
  await seats.give('desk', 'win10');
  await seats.refresh();
  expect(world.holder('1-1')).toBe('win10');
  expect(wishes).toEqual([]);
});

test('what went to a domain without its keyboard being wanted there stays', async () => {
  const { world, seats, look, holders } = start({
    ...seatWith('desk', ['win10'], 'MOUSE', 'STICK'),
    input: [{ name: 'Keyboard' }],
  });
  world.fail = (call) => {
    if (call.startsWith('input')) throw new HandglassError('domain-deaf', 'Nothing reads it.');
  };
  await seats.give('desk', 'win10');
  await look();
  expect(holders()).toEqual(['win10', 'win10']);
});

test('a seat on its way to a domain comes back before the host sleeps, and goes after it', async () => {
  const { seats, sleep, look, holders } = start({
    ...seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK'),
    onSuspend: 'host',
  });
  await look();
  const going = Promise.allSettled([seats.give('desk', 'win10')]);
  await sleep.suspend();
  expect(holders()).toEqual(['host', 'host']);
  expect(await going).toMatchObject([{ reason: { code: 'busy' } }]);
  await sleep.resume();
  expect(holders()).toEqual(['win10', 'win10']);
});

test('a seat whose devices come anew after the host’s sleep goes once they are there', async () => {
  const { world, seats, sleep, look, problems, holders } = start(sleeper);
  await seats.give('desk', 'win10');
  await sleep.suspend();
  world.unplug('1-1');
  await look();
  await sleep.resume();
  expect(problems.list()).toMatchObject([{ code: 'device-absent' }]);
  world.plug('1-1');
  await look();
  expect(holders()).toEqual(['win10', 'host']);
  expect(problems.list()).toEqual([]);
});

test('so does one while libvirt is away for some calls', async () => {
  const { seats, sleep, look, problems, holders, stumble } = start(sleeper);
  await seats.give('desk', 'win10');
  await sleep.suspend();
  stumble('attach ', 3);
  await sleep.resume();
  expect(problems.list()).toMatchObject([{ code: 'libvirt-unavailable' }]);
  await look();
  expect(holders()).toEqual(['win10', 'host']);
  expect(problems.list()).toEqual([]);
});
