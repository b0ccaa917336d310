/** What is noticed while something else is under way, and when it is read. */
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { desk, start } from './looked-at.ts';
import { seatWith } from './world.ts';

test('what is noticed while a device is given is read once it is there', async () => {
  const { world, seats, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  const { promise: given, resolve: give } = Promise.withResolvers<void>();
  world.fail = (call) => (call.startsWith('attach ') ? given : undefined);
  world.plug('1-1');
  await look();
  const before = count('readMachine');
  for (const port of ['1-3', '1-2']) {
    world.unplug(port);
    seats.notice();
    await setImmediate();
  }
  expect(count('readMachine')).toBe(before);
  give();
  await setImmediate();
  expect(world.holder('1-1')).toBe('win10');
  expect(world.calls).toContain('detach win10 ua-handglass-1-2');
});

test('so is what is noticed while that is read', async () => {
  const { world, seats, look } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  let isGiven = false;
  world.fail = async (call) => {
    if (call.startsWith('attach ')) isGiven = true;
    if (call !== 'readDomains' || !isGiven) return;
    isGiven = false;
    // The machine has been read by then.
    await setImmediate();
    world.unplug('1-2');
    seats.notice();
  };
  world.plug('1-1');
  await look();
  await vi.waitFor(() => expect(world.calls).toContain('detach win10 ua-handglass-1-2'));
});

test('what is noticed while a device is given is read after a second, should that hang', async () => {
  const { world, seats, look, shown } = await start(desk, seatWith('sofa', ['win11'], 'PAD'));
  await seats.give('sofa', 'win11');
  const later: (() => void)[] = [];
  world.effects.sleep = () => new Promise((resolve) => later.push(resolve));
  world.fail = (call) => (call === 'attach win10 1-1' ? new Promise<void>(() => {}) : undefined);
  void seats.give('desk', 'win10');
  await setImmediate();
  world.replug('1-3');
  for (let notice = 0; notice < 3; notice += 1) seats.notice();
  await setImmediate();
  expect(world.holder('1-3')).toBe('host');
  expect(later).toHaveLength(1);
  later[0]?.();
  await setImmediate();
  expect(world.holder('1-3')).toBe('win11');
  expect(shown()).toMatchObject({ moving: true });
  await look();
});

test('while domains do not answer, what is noticed makes the machine be read', async () => {
  const { world, seats, count } = await start(desk);
  const later: (() => void)[] = [];
  world.effects.sleep = () => new Promise((resolve) => later.push(resolve));
  world.fail = (call) => (call === 'readDomains' ? new Promise<void>(() => {}) : undefined);
  void seats.refresh();
  await setImmediate();
  const before = count('readMachine');
  seats.notice();
  later[0]?.();
  await setImmediate();
  expect(count('readMachine')).toBe(before + 1);
});

test('what is noticed during a reading is read by another', async () => {
  const { world, seats, count } = await start(desk);
  world.fail = (call) => {
    if (call === 'readDomains' && count('readDomains') === 1) seats.notice();
  };
  seats.notice();
  await setImmediate();
  expect(count('readMachine')).toBe(2);
});
