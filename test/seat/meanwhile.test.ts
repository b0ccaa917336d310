/** What is asked of seats while one of them is moving. */
import { expect, test } from 'vitest';
import { start } from './held-calls.ts';

test('a seat is moving while its devices move, and the others are not', async () => {
  const { seats, shown, hold, seen, changed } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  expect(shown()?.moving).toBe(true);
  expect(changed).toHaveBeenCalledTimes(1);
  await seen('attach win10 1-1');
  expect(shown('sofa')?.moving).toBe(false);
  release();
  await giving;
  expect(shown()?.moving).toBe(false);
});

test('who asks meanwhile for the same waits for the same handoff; for another it is busy', async () => {
  const { world, seats, hold, seen } = start();
  const release = hold('attach ');
  const first = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const same = seats.give('desk', 'win10');
  const busy = {
    code: 'busy',
    message: 'The seat "desk" is on its way to "win10". Ask again in a moment.',
  };
  await expect(seats.give('desk', 'host')).rejects.toMatchObject(busy);
  await expect(seats.give('desk', 'win11')).rejects.toMatchObject(busy);
  await expect(seats.toggle('desk')).rejects.toMatchObject(busy);
  release();
  await Promise.all([first, same]);
  expect(world.calls.filter((call) => call === 'attach win10 1-1')).toHaveLength(1);
});

test('what completes a move of the input devices follows on the handoff that runs', async () => {
  const { world, seats, shown, hold, seen } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const following = seats.follow('desk', 'host', 'chord');
  const same = seats.follow('desk', 'host', 'chord');
  release();
  await Promise.all([giving, following, same]);
  expect(shown()?.owner).toBe('host');
  expect(world.holder('1-1')).toBe('host');
  expect(world.calls).not.toContain('input desk to host');
});

test('who waits for the same handoff learns of its failure', async () => {
  const { world, seats } = start();
  world.fail = (call) => {
    if (call === 'attach win10 1-2') throw new Error('No free USB ports');
  };
  const outcomes = await Promise.allSettled([
    seats.give('desk', 'win10'),
    seats.give('desk', 'win10'),
  ]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'handoff-failed' } });
  }
});

test('another seat can move at the same time', async () => {
  const { seats, shown, hold, seen } = start();
  const release = hold('attach win10');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  await seats.give('sofa', 'win11');
  expect(shown('sofa')?.owner).toBe('win11');
  release();
  await giving;
  expect(shown('desk')?.owner).toBe('win10');
});

test('a handoff that fails leaves the seat free for the next', async () => {
  const { world, seats, shown } = start();
  world.fail = (call) => {
    if (call === 'attach win10 1-2') throw new Error('No free USB ports');
  };
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({ code: 'handoff-failed' });
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
  world.fail = () => {};
  await seats.give('desk', 'win10');
  expect(shown()?.owner).toBe('win10');
});
