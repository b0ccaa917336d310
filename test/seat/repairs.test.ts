/** What becomes of a repair that fails, or that has to wait. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { desk, start } from './looked-at.ts';

test('a device that cannot follow is a problem, and is tried again at the next change', async () => {
  const { world, seats, look, count, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  world.calls.length = 0;
  world.fail = (call) => {
    if (call.startsWith('attach ')) throw new Error('No free USB ports');
  };
  world.plug('1-1');
  await look();
  expect(problems()).toEqual([
    'The USB devices could not go to win10. QEMU MOUSE (port 1-1): No free USB ports.',
  ]);
  await look();
  await look();
  expect(count('attach win10 1-1')).toBe(1);
  world.unplug('1-3');
  await look();
  expect(count('attach win10 1-1')).toBe(2);
  world.fail = () => {};
  world.plug('1-3');
  await look();
  expect(problems()).toEqual([]);
  expect(world.holder('1-1')).toBe('win10');
});

test('a device for which the domain had no port follows once there is one', async () => {
  const { world, seats, look, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  world.setFreePorts(0);
  world.plug('1-1');
  await look();
  expect(problems()).toEqual([expect.stringContaining('1 free USB ports needed')]);
  world.setFreePorts(1);
  await look();
  expect(problems()).toEqual([]);
  expect(world.holder('1-1')).toBe('win10');
});

test('a problem goes with the device, or with the seat', async () => {
  const { world, seats, look, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call.startsWith('attach ')) throw new Error('No free USB ports');
  };
  for (const settle of [async () => world.unplug('1-1'), () => seats.give('desk', 'host')]) {
    world.replug('1-1');
    await look();
    expect(problems()).toHaveLength(1);
    await settle();
    await look();
    expect(problems()).toEqual([]);
  }
});

test('while libvirt is away nothing is tried, and when it is back all of it is', async () => {
  const { world, seats, look, count, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  const away = new HandglassError('libvirt-unavailable', 'libvirt is away.');
  world.fail = (call) => {
    if (call !== 'readMachine' && !call.startsWith('wait')) throw away;
  };
  world.replug('1-1');
  await look();
  await look();
  expect(count('wait 1-1')).toBe(0);
  world.fail = () => {};
  await look();
  expect(world.holder('1-1')).toBe('win10');
  expect(problems()).toEqual([]);
});

test('what libvirt was away for is done after the next reading', async () => {
  const { world, seats, look, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  let isAway = true;
  world.fail = (call) => {
    if (!isAway || !call.startsWith('attach ')) return;
    isAway = false;
    throw new HandglassError('libvirt-unavailable', 'libvirt is away.');
  };
  world.plug('1-1');
  await look();
  expect([isAway, world.holder('1-1'), problems()]).toEqual([false, 'host', []]);
  expect(seats.isBlind()).toBe(true);
  await look();
  expect([world.holder('1-1'), seats.isBlind()]).toEqual(['win10', false]);
});

test('a handoff waits for the repair that runs, and none begins in a handoff', async () => {
  const { world, seats, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  const { promise, resolve } = Promise.withResolvers<void>();
  world.fail = (call) => (call === 'wait 1-1' ? promise : undefined);
  world.replug('1-1');
  await look();
  expect(count('wait 1-1')).toBe(1);
  const giving = seats.give('desk', 'host');
  world.replug('1-2');
  await look();
  expect(count('wait 1-2')).toBe(0);
  resolve();
  await giving;
  await setImmediate();
  expect(['1-1', '1-2'].map(world.holder)).toEqual(['host', 'host']);
});
