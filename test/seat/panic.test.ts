import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { start } from './held-calls.ts';
import { panicAll } from './world.ts';

test('panic brings every seat back', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  await seats.give('sofa', 'win11');
  await panicAll(seats);
  expect([shown('desk')?.owner, shown('sofa')?.owner]).toEqual(['host', 'host']);
  expect([world.holder('1-1'), world.holder('1-2'), world.holder('1-3')]).toEqual([
    'host',
    'host',
    'host',
  ]);
});

test('panic follows directly on the handoff that runs', async () => {
  const { seats, shown, hold, seen } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const panicking = panicAll(seats);
  release();
  await giving;
  expect(shown()).toMatchObject({ owner: 'win10', moving: true });
  await panicking;
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
});

test('panic does not rely on a handoff to the host that is refused', async () => {
  const { seats, shown, hold, seen } = start();
  await seats.give('desk', 'win10');
  const release = hold('readMachine');
  const refused = seats.give('desk', 'host', {
    check() {
      throw new HandglassError('not-permitted', 'Not yours.');
    },
  });
  await seen('readMachine');
  const panicking = panicAll(seats);
  release();
  await expect(refused).rejects.toMatchObject({ code: 'not-permitted' });
  await panicking;
  expect(shown()?.owner).toBe('host');
});

test('from the panic on nobody else is let in', async () => {
  const { seats, shown, hold, seen } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const panicking = panicAll(seats);
  const again = giving.then(() => seats.give('desk', 'win10'));
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({
    code: 'busy',
    what: 'The seat "desk" is on its way to "host".',
  });
  release();
  await expect(again).rejects.toMatchObject({ code: 'busy' });
  await panicking;
  expect(shown()?.owner).toBe('host');
});

test('two panics detach each device once', async () => {
  const { world, seats } = start();
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  await Promise.all([panicAll(seats), panicAll(seats)]);
  expect(world.calls.filter((call) => call.startsWith('detach'))).toHaveLength(2);
});

test('panic tries every seat and names each that does not come', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  await seats.give('sofa', 'win11');
  world.fail = (call) => {
    if (call === 'detach win10 ua-handglass-1-2') throw new Error('the guest holds it');
  };
  await expect(panicAll(seats)).rejects.toMatchObject({
    what: expect.stringContaining('QEMU STICK (port 1-2): the guest holds it') as string,
  });
  expect([shown('desk')?.owner, shown('sofa')?.owner]).toEqual(['win10', 'host']);
  expect(world.holder('1-1')).toBe('host');
});
