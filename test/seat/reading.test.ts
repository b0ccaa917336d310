/** When the machine and libvirt are read, and what is shown while they cannot be. */
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { desk, start } from './held-calls.ts';
import { createWorld, panicAll, seatWith, seatWithKeyboard } from './world.ts';

const away = new HandglassError('libvirt-unavailable', 'libvirt cannot be reached.', 'Start it.');

test('while libvirt is away, what it said last is shown, with the problem', async () => {
  const { world, seats, shown, changed } = start();
  await seats.give('desk', 'win10');
  changed.mockClear();
  world.fail = (call) => {
    if (call !== 'readMachine') throw away;
  };
  await seats.refresh();
  expect(seats.view()).toMatchObject({ problem: away, domains: [{}, {}] });
  expect(shown()?.owner).toBe('win10');
  expect(changed).toHaveBeenCalledTimes(1);
  await expect(seats.give('desk', 'host')).rejects.toBe(away);
  await expect(panicAll(seats)).rejects.toBe(away);
  world.fail = () => {};
  await seats.refresh();
  expect(seats.view().problem).toBeNull();
  await seats.give('desk', 'host');
  expect(shown()?.owner).toBe('host');
});

test('a machine that cannot be read is a problem, with the reason', async () => {
  const { world, seats } = start();
  const cause = new Error('EIO: i/o error, read');
  world.fail = () => {
    throw cause;
  };
  await seats.refresh();
  expect(seats.view().problem).toMatchObject({
    code: 'internal',
    message: 'The machine cannot be read: EIO: i/o error, read.',
    cause,
  });
});

test('readings that are asked for together are one that begins after the last', async () => {
  const { world, seats, hold, seen } = start();
  const release = hold('readDomains');
  const first = seats.refresh();
  await seen('readDomains');
  world.usb = world.usb.filter(({ port }) => port !== '1-1');
  const later = [seats.refresh(), seats.refresh(), seats.refresh()];
  release();
  await first;
  expect(seats.view().seats[0]?.devices[0]?.present).toBe(true);
  await Promise.all(later);
  expect(seats.view().seats[0]?.devices[0]?.present).toBe(false);
  const readings = world.calls.filter((call) => call.startsWith('read'));
  expect(readings).toEqual(['readMachine', 'readDomains', 'readMachine', 'readDomains']);
});

test('a reading that brings nothing new is not told', async () => {
  const { world, seats, changed } = start();
  await seats.refresh();
  expect(changed).toHaveBeenCalledTimes(1);
  await seats.refresh();
  expect(changed).toHaveBeenCalledTimes(1);
  world.usb = [];
  await seats.refresh();
  expect(changed).toHaveBeenCalledTimes(2);
});

test('a move begins at once where nothing was noticed since the last reading', async () => {
  const { world, seats } = start(desk);
  await seats.refresh();
  for (const [to, first] of [
    ['win10', 'attach win10 1-1'],
    ['host', 'detach win10 ua-handglass-1-1'],
  ] as const) {
    world.calls.length = 0;
    await seats.give('desk', to);
    const asked = world.calls.find((call) => !/^(input|attached) /.test(call));
    expect(asked).toBe(first);
    seats.notice();
    await seats.refresh();
  }
  world.calls.length = 0;
  seats.notice();
  await seats.give('desk', 'win10');
  expect(world.calls[0]).toBe('readMachine');
});

test.each(['shut off', 'paused'] as const)(
  'a start of what was %s need not be noticed',
  async (was) => {
    const { world, seats, shown } = start(desk);
    world.setState('win10', was);
    await seats.refresh();
    world.setState('win10', 'running');
    await seats.give('desk', 'win10');
    expect(shown()?.owner).toBe('win10');
  },
);

test('nothing is read before devices move, unless something was noticed since', async () => {
  const world = createWorld();
  const seats = createSeats(
    { seats: [seatWith('desk', ['win10'], 'MOUSE')] },
    world.effects,
    () => {},
  );
  await seats.refresh();
  world.calls.length = 0;
  await seats.follow('desk', 'win10', 'chord');
  expect(world.calls[0]).toBe('attach win10 1-1');
  await seats.give('desk', 'host');
  world.calls.length = 0;
  const owners: string[] = [];
  await seats.give('desk', 'win10', { check: ({ owner }) => owners.push(owner) });
  expect(owners).toEqual(['host']);
  expect(world.calls[0]).toBe('attach win10 1-1');
  await seats.give('desk', 'host');
  seats.notice();
  world.calls.length = 0;
  await seats.follow('desk', 'win10', 'chord');
  expect(world.calls.indexOf('readMachine')).toBeLessThan(world.calls.indexOf('attach win10 1-1'));
  expect(world.calls).toContain('readMachine');
});

test('while what one seat has given is read again, another does not go by what was read before', async () => {
  const world = createWorld();
  world.setFreePorts(1);
  const both = [seatWith('a', ['win11'], 'MOUSE'), seatWith('b', ['win11'], 'PAD')];
  const seats = createSeats({ seats: both }, world.effects, () => {});
  await seats.refresh();
  const reading = Promise.withResolvers<void>();
  const attached = Promise.withResolvers<void>();
  world.fail = async (call) => {
    if (call === 'attach win11 1-1') world.setFreePorts(0);
    if (call !== 'readDomains' || !world.calls.includes('attach win11 1-1')) return;
    attached.resolve();
    await reading.promise;
  };
  const first = seats.give('a', 'win11');
  await attached.promise;
  const second = seats.give('b', 'win11');
  reading.resolve();
  await first;
  await expect(second).rejects.toMatchObject({ code: 'device-refused' });
  expect(world.calls).not.toContain('attach win11 1-3');
});

test('a seat that a domain has stays there when it is asked for again while libvirt is away', async () => {
  const world = createWorld();
  const wishes: unknown[] = [];
  const wished = (wish: unknown) => wishes.push(wish);
  const config = { seats: [seatWithKeyboard('desk', ['win10'], 'MOUSE')] };
  const seats = createSeats(config, world.effects, () => {}, { wished });
  await seats.give('desk', 'win10');
  // The domain reads no keyboard of ours.
  world.sendInput('desk', 'host');
  await seats.refresh();
  world.fail = (call) => {
    if (call === 'readDomains') throw new HandglassError('libvirt-unavailable', 'It is away.');
  };
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({ code: 'libvirt-unavailable' });
  world.fail = () => {};
  await seats.refresh();
  expect(seats.view().seats[0]?.owner).toBe('win10');
  expect(wishes).toEqual([]);
});
