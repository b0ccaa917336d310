/** What a driver of the host has taken from a domain, or a domain has left without one. */
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { desk, headset, start, typed } from './looked-at.ts';

test.each([
  { seat: typed, name: 'with a keyboard' },
  { seat: desk, name: 'without' },
])('a device that falls to a driver of the host goes to its domain anew, $name', async (row) => {
  const { world, seats, stories, look, count } = await start(row.seat);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  world.fallen.add('1-1');
  await look();
  expect(world.calls.filter((call) => /^(at|de)tach /.test(call))).toEqual([
    'detach win10 ua-handglass-1-1',
    'attach win10 1-1',
  ]);
  expect(stories).toEqual([
    'desk: QEMU MOUSE (port 1-1) had fallen to a driver of the host and is with win10 again',
  ]);
  await look();
  expect(count('attach win10 1-1')).toBe(1);
});

test('one that such a driver does not let go goes to its domain anew once', async () => {
  const { world, seats, look, count } = await start(typed);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  const fall = () => void world.fallen.add('1-1');
  world.fail = (call) => (call.startsWith('attach ') ? fall() : undefined);
  fall();
  for (let looks = 0; looks < 5; looks += 1) await look();
  expect(count('attach win10 1-1')).toBe(1);
  world.fallen.clear();
  await look();
  fall();
  await look();
  expect(count('attach win10 1-1')).toBe(2);
});

test('one that was on its way home does not go back', async () => {
  const { world, seats, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call.startsWith('detach ')) throw new HandglassError('handoff-failed', 'QEMU is busy.');
  };
  await expect(seats.give('desk', 'host')).rejects.toMatchObject({ code: 'handoff-failed' });
  world.fallen.add('1-1');
  world.calls.length = 0;
  await look();
  expect([count('attach win10 1-1'), count('look at 1-1')]).toEqual([0, 0]);
});

test('one that its domain does not have any more a moment later stays with the host', async () => {
  const { world, seats, look, count } = await start(typed);
  await seats.give('desk', 'win10');
  world.fallen.add('1-1');
  world.fail = (call) => void (call === 'look at 1-1' && world.lose('win10'));
  world.calls.length = 0;
  await look();
  expect([count('look at 1-1'), count('attach win10 1-1')]).toEqual([1, 0]);
});

test('one that has such a driver for a moment stays', async () => {
  const { world, seats, stories, look, count } = await start(typed);
  await seats.give('desk', 'win10');
  world.fallen.add('1-1');
  world.fail = (call) => void (call === 'look at 1-1' && world.fallen.clear());
  await look();
  expect([count('detach win10 ua-handglass-1-1'), ...stories]).toEqual([0]);
});

test('drivers come back to what a domain has left without', async () => {
  const { world, seats, stories, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.setState('win10', 'shut off');
  world.driverless.add('1-1');
  await look();
  expect(world.driverless).toEqual(new Set());
  expect(stories).toEqual(['desk: 1-1:1.0 has its driver again']);
  await look();
  expect([count('probe 1-1'), count('probe 1-2')]).toEqual([1, 1]);
});

const first = { attach: 'attach win10 1-1', after: 'attach win10 1-2' };

test.each([
  { when: 'while another device attaches', device: '1-1', at: first.after },
  { when: 'before it is looked at again', device: '1-2', at: 'readMachine', since: first.after },
])('a domain that ends $when leaves no device without a driver', async (row) => {
  const { world, seats, look } = await start(desk);
  let isTime = row.since === undefined;
  world.fail = (call) => {
    if (isTime && call === row.at && world.driverless.size === 0) {
      isTime = false;
      world.setState('win10', 'shut off');
      world.driverless.add(row.device);
    }
    if (call === row.since) isTime = true;
  };
  await Promise.allSettled([seats.give('desk', 'win10')]);
  for (let reading = 0; reading < 3; reading += 1) await look();
  expect(world.driverless).toEqual(new Set());
});

test('so does one that ends right after it was given what was plugged in', async () => {
  const { world, seats, look } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  let isTime = false;
  world.fail = (call) => {
    if (isTime && call === 'readMachine') {
      isTime = false;
      world.setState('win10', 'shut off');
      world.driverless.add('1-1');
    }
    if (call === first.attach) isTime = true;
  };
  world.plug('1-1');
  for (let reading = 0; reading < 3; reading += 1) await look();
  expect(world.driverless).toEqual(new Set());
});

test('drivers that cannot come back are a problem, until they can', async () => {
  const { world, seats, look, problems } = await start(headset);
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call.startsWith('probe')) throw new HandglassError('handoff-failed', 'EACCES.');
  };
  world.setState('win10', 'shut off');
  await look();
  expect(problems()).toEqual(['EACCES.']);
  world.fail = () => {};
  world.unplug('1-3');
  await look();
  expect(problems()).toEqual([]);
});
