/** Seats whose input devices go through the switchboard. */
import { expect, test, vi } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { createWorld, panicAll, seatWithKeyboard } from './world.ts';

const desk = seatWithKeyboard('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
const keysOnly = seatWithKeyboard('desk', ['win10', 'win11']);

function start(seat: Seat = desk) {
  const world = createWorld();
  const seats = createSeats({ seats: [seat] }, world.effects, () => {});
  const shown = () => seats.view().seats[0];
  /** What moved something, in its order. */
  const moves = () => world.calls.filter((call) => /^(attach|detach|input) /.test(call));
  const failWith = (beginning: string, error: Error) => {
    world.fail = (call) => {
      if (call.startsWith(beginning)) throw error;
    };
  };
  /** Holds every call of that beginning until the returned function is called. */
  const hold = async (beginning: string, begin: () => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    world.fail = (call) => (call.startsWith(beginning) ? promise : undefined);
    begin();
    const isHeld = () => world.calls.some((call) => call.startsWith(beginning));
    await vi.waitUntil(isHeld, { interval: 1, timeout: 60_000 });
    return resolve;
  };
  return { world, seats, shown, moves, failWith, hold };
}

const deaf = new HandglassError('domain-deaf', 'Nothing in "win10" reads it.', 'Start it anew.');
const held = new HandglassError('handoff-failed', 'A key stayed down.', 'Let go.');

test('to a domain the USB devices go first, from it the input devices', async () => {
  const { world, seats, shown, moves } = start();
  await seats.give('desk', 'win10');
  expect(moves()).toEqual(['attach win10 1-1', 'attach win10 1-2', 'input desk to win10']);
  expect(shown()).toMatchObject({ owner: 'win10', moving: false });
  expect(shown()?.devices.map((device) => device.with)).toEqual(['win10', 'win10', 'win10']);
  world.calls.length = 0;
  await seats.give('desk', 'host');
  expect(moves().toSorted()).toEqual([
    'detach win10 ua-handglass-1-1',
    'detach win10 ua-handglass-1-2',
    'input desk to host',
  ]);
  expect(moves()[0]).toBe('input desk to host');
  expect(shown()?.owner).toBe('host');
});

test.each([
  { name: 'a device', failing: 'attach win11 1-2' },
  { name: 'the input', failing: 'input desk to win11' },
])('a seat whose next domain refuses $name is with the host as a whole', async ({ failing }) => {
  const { seats, shown, failWith } = start();
  await seats.give('desk', 'win10');
  failWith(failing, held);
  await expect(seats.give('desk', 'win11')).rejects.toThrow();
  expect(shown()?.owner).toBe('host');
  expect(shown()?.devices.map((device) => device.with)).toEqual(['host', 'host', 'host']);
});

test('a seat whose next domain is deaf leaves no keyboard with the one before', async () => {
  const { world, seats, failWith } = start();
  await seats.give('desk', 'win10');
  failWith('input desk to win11', deaf);
  await seats.give('desk', 'win11');
  expect(world.effects.input.ownerOf('desk')).toBe('host');
  expect(['1-1', '1-2'].map(world.holder)).toEqual(['win11', 'win11']);
});

test('a seat goes from one domain to another', async () => {
  const { seats, shown } = start();
  await seats.give('desk', 'win10');
  await seats.give('desk', 'win11');
  expect(shown()?.owner).toBe('win11');
  expect(shown()?.devices.map((device) => device.with)).toEqual(['win11', 'win11', 'win11']);
});

test('when the input devices cannot go, the USB devices come back', async () => {
  const { world, seats, shown, failWith } = start();
  failWith('input ', held);
  await expect(seats.give('desk', 'win10')).rejects.toBe(held);
  expect(['1-1', '1-2'].map(world.holder)).toEqual(['host', 'host']);
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
});

test('when the USB devices cannot go, the input devices stay', async () => {
  const { seats, moves, shown, failWith } = start();
  failWith('attach win10 1-2', new Error('No free USB ports'));
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({ code: 'handoff-failed' });
  expect(moves()).not.toContain('input desk to win10');
  expect(shown()?.owner).toBe('host');
});

test('a domain that does not read its proxies has the USB devices alone, and it is shown', async () => {
  const { seats, shown, failWith } = start();
  failWith('input ', deaf);
  await seats.give('desk', 'win10');
  expect(shown()?.owner).toBe('win10');
  expect(shown()?.devices).toMatchObject([
    {
      kind: 'input',
      with: 'host',
      problem: expect.stringMatching(
        /^It is with the host. .*names no keyboard and mouse of Handglass/,
      ) as string,
    },
    { with: 'win10', problem: null },
    { with: 'win10', problem: null },
  ]);
  failWith('input ', held);
  await expect(seats.give('desk', 'win10')).rejects.toBe(held);
  expect(shown()?.devices.map((device) => device.with)).toEqual(['host', 'win10', 'win10']);
  await seats.give('desk', 'host');
  expect(shown()?.owner).toBe('host');
});

test('a seat of input devices alone touches no USB device', async () => {
  const { seats, shown, moves } = start(keysOnly);
  await seats.give('desk', 'win10');
  expect(moves()).toEqual(['input desk to win10']);
  expect(shown()).toMatchObject({ owner: 'win10', devices: [{ with: 'win10' }] });
  expect(await seats.toggle('desk')).toBe('host');
  expect(shown()?.owner).toBe('host');
});

test.each([deaf, held])(
  'a seat of input devices alone stays when they stay: $code',
  async (why) => {
    const { seats, shown, failWith } = start(keysOnly);
    failWith('input ', why);
    await expect(seats.give('desk', 'win10')).rejects.toBe(why);
    expect(shown()?.owner).toBe('host');
  },
);

test('the keyboard goes without USB devices that are not plugged in', async () => {
  const { world, seats, shown } = start();
  world.usb = [];
  await seats.give('desk', 'win10');
  expect(shown()?.owner).toBe('win10');
  expect(shown()?.devices.map((device) => device.with)).toEqual(['win10', null, null]);
});

test('where neither kind can go, the seat stays and who asked is told', async () => {
  const { world, seats, shown, failWith } = start();
  world.usb = [];
  failWith('input ', deaf);
  await expect(seats.give('desk', 'win10')).rejects.toBe(deaf);
  expect(shown()?.owner).toBe('host');
});

test('on the way home the keyboard waits for nothing: neither libvirt nor a reading', async () => {
  const { world, seats } = start();
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  const giving = seats.give('desk', 'host');
  expect(world.calls).toEqual(['input desk to host']);
  expect(world.effects.input.ownerOf('desk')).toBe('host');
  await giving;
});

const away = new HandglassError('libvirt-unavailable', 'libvirt is away.');

test.each([
  { seat: keysOnly, outcome: { status: 'fulfilled' }, kind: 'input devices alone' },
  { seat: desk, outcome: { status: 'rejected', reason: away }, kind: 'USB devices too' },
])('while libvirt is away the keyboard of a seat of $kind comes home', async (row) => {
  const { world, seats, shown } = start(row.seat);
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call !== 'readMachine') throw away;
  };
  const outcomes = await Promise.allSettled([seats.give('desk', 'host')]);
  expect(world.effects.input.ownerOf('desk')).toBe('host');
  expect(shown()?.devices[0]?.with).toBe('host');
  expect(outcomes).toMatchObject([row.outcome]);
});

test.each([
  { what: 'a device goes there', at: 'attach win11 1-1', attached: ['attach win11 1-1'] },
  { what: 'they leave the one before', at: 'detach win10', attached: [] },
])('a panic on the way to another domain, as $what, brings all home', async ({ at, attached }) => {
  const { world, seats, shown, hold } = start();
  await seats.give('desk', 'win10');
  const outcomes: Promise<PromiseSettledResult<unknown>[]>[] = [];
  const release = await hold(at, () => {
    outcomes.push(Promise.allSettled([seats.give('desk', 'win11')]));
  });
  world.sendInput('desk', 'host');
  const panicking = panicAll(seats);
  release();
  await panicking;
  expect(await outcomes[0]).toMatchObject([{ reason: { code: 'busy' } }]);
  const attaches = world.calls.filter((call) => call.startsWith('attach win11'));
  expect(attaches.slice(0, 1)).toEqual(attached);
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
  expect(['1-1', '1-2'].map(world.holder)).toEqual(['host', 'host']);
});

test('a panic leaves a keyboard where a chord has sent it since', async () => {
  const { world, seats, shown, moves } = start(keysOnly);
  const panicking = panicAll(seats);
  world.sendInput('desk', 'win10');
  await panicking;
  expect(moves()).toEqual([]);
  expect(shown()).toMatchObject({ owner: 'win10', moving: false });
});

test('a chord that moves the keyboard meanwhile wins over the handoff that runs', async () => {
  const { world, seats, shown, hold } = start();
  const outcomes: Promise<PromiseSettledResult<unknown>[]>[] = [];
  const release = await hold('attach ', () => {
    outcomes.push(Promise.allSettled([seats.give('desk', 'win10')]));
  });
  world.sendInput('desk', 'win11');
  world.sendInput('desk', 'host');
  release();
  expect(await outcomes[0]).toMatchObject([{ reason: { code: 'busy' } }]);
  expect(shown()?.owner).toBe('host');
  expect(world.holder('1-1')).toBe('host');
});
