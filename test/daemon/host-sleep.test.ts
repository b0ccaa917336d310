import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createHostSleep } from '../../src/daemon/host-sleep.ts';
import { HandglassError } from '../../src/errors.ts';
import { manualClock } from '../host/clocks.ts';

const configured = [
  { name: 'desk', onSuspend: 'host' },
  { name: 'sofa', onSuspend: 'stay' },
  { name: 'loft', onSuspend: 'host' },
  { name: 'den', onSuspend: 'host' },
] as const;

/** Seats that move at once, unless a test lets them fail. */
function start() {
  const views = { desk: 'win10', sofa: 'win11', loft: 'win10', den: 'host' };
  const seats = Object.entries(views).map(([name, owner]) => ({
    name,
    owner,
    domains: ['win10', 'win11'],
    devices: [],
    moving: false,
    move: { number: 1, to: owner, why: 'chord', failure: null },
    repair: null,
  }));
  const wishes: string[] = [];
  const control = { fail: (_seat: string): HandglassError | null => null };
  const clock = manualClock();
  const ending = new AbortController();
  const move = (name: string, to: string, why: string) => {
    const seat = seats.find((each) => each.name === name);
    if (seat === undefined) return;
    Object.assign(seat, {
      owner: to,
      move: { ...seat.move, number: seat.move.number + 1, to, why },
    });
  };
  const sleep = createHostSleep(
    clock,
    configured,
    { view: () => ({ seats, domains: [], problem: null, unrepaired: [] }) },
    {
      async wished({ seat, from, to, why }) {
        wishes.push(`${seat}: ${from} to ${to}, ${why}`);
        const problem = control.fail(seat);
        move(seat, problem === null ? to : from, why);
        return problem;
      },
    },
    ending.signal,
  );
  /** Lets so much time pass, and all that follows. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1000) {
      clock.advance(1000);
      await setImmediate();
    }
  };
  return { sleep, wishes, control, clock, ending, move, pass };
}

/** The host has slept, and what is said of the desk since. */
async function slept() {
  const place = start();
  await place.sleep.suspend();
  place.wishes.length = 0;
  place.control.fail = (seat) => (seat === 'desk' ? absent : null);
  return { ...place, tries: () => place.wishes.filter((wish) => wish.startsWith('desk')).length };
}

const absent = new HandglassError('device-absent', 'Nothing is plugged in.');

test('seats come back before the host sleeps and go again after it, those that are to', async () => {
  const { sleep, wishes } = start();
  await sleep.suspend();
  expect(wishes.splice(0)).toEqual([
    'desk: win10 to host, the host goes to sleep',
    'loft: win10 to host, the host goes to sleep',
  ]);
  await sleep.resume();
  expect(wishes.splice(0)).toEqual([
    'desk: host to win10, the host is awake again',
    'loft: host to win10, the host is awake again',
  ]);
  await sleep.resume();
  expect(wishes).toEqual([]);
});

test.each([
  { reason: 'its devices have not come yet', problem: absent },
  {
    reason: 'nobody can be asked',
    problem: new HandglassError('libvirt-unavailable', 'libvirt is away.'),
  },
  {
    reason: 'it is on its way home still',
    problem: new HandglassError('busy', 'The seat "desk" is on its way to "host".'),
  },
  {
    reason: 'a device went in the midst of it',
    problem: new HandglassError('handoff-failed', 'The USB devices could not go to win10.'),
  },
])('a seat that does not go since $reason is tried again', async ({ problem }) => {
  const { sleep, control, pass, tries } = await slept();
  let left = 3;
  control.fail = (seat) => (seat === 'desk' && (left -= 1) >= 0 ? problem : null);
  await sleep.resume();
  expect(tries()).toBe(1);
  await pass(60_000);
  expect(tries()).toBe(4);
});

test('what moves devices there and back again is tried less often', async () => {
  const { sleep, control, pass, tries } = await slept();
  control.fail = () => new HandglassError('handoff-failed', 'The USB devices could not go.');
  await sleep.resume();
  await pass(60_000);
  expect(tries()).toBe(5);
});

test('it is not tried for ever', async () => {
  const { sleep, pass, tries } = await slept();
  await sleep.resume();
  await pass(30_000);
  expect(tries()).toBe(16);
  await pass(60_000);
  expect(tries()).toBe(16);
});

test('nor at all where it would fail again', async () => {
  const { sleep, control, pass, tries } = await slept();
  control.fail = () => new HandglassError('domain-not-running', 'win10 is shut off.');
  await sleep.resume();
  await pass(60_000);
  expect(tries()).toBe(1);
});

test.each(['win11', 'host'])('nor once somebody has moved it to %s', async (to) => {
  const { sleep, move, pass, tries } = await slept();
  await sleep.resume();
  move('desk', to, 'panel');
  await pass(60_000);
  await sleep.resume();
  expect(tries()).toBe(1);
});

test('a seat that somebody has moved before the host is awake stays there', async () => {
  const { sleep, move, tries } = await slept();
  move('desk', 'host', 'panic chord');
  await sleep.resume();
  expect(tries()).toBe(0);
});

test('what has not gone by the next sleep goes after that', async () => {
  const { sleep, control, clock, pass, tries } = await slept();
  await sleep.resume();
  await sleep.suspend();
  await clock.awaited(0);
  await pass(60_000);
  expect(tries()).toBe(1);
  control.fail = () => null;
  await sleep.resume();
  expect(tries()).toBe(2);
});

test('nothing is tried again once the service ends', async () => {
  const { sleep, clock, ending } = await slept();
  await sleep.resume();
  await clock.awaited(1);
  ending.abort();
  await clock.awaited(0);
});
