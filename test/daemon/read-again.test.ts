import { expect, test, vi } from 'vitest';
import { readAgainWhile } from '../../src/daemon/read-again.ts';
import { manualClock } from '../host/clocks.ts';

function start() {
  const clock = manualClock();
  const control = { isBlind: true };
  const read = vi.fn<() => Promise<void>>(async () => {});
  const ending = new AbortController();
  const look = readAgainWhile(clock, () => control.isBlind, read, ending.signal);
  const reads = (count: number) =>
    vi.waitFor(() => expect(read).toHaveBeenCalledTimes(count), { timeout: 60_000 });
  return { clock, control, ending, look, read, reads };
}

test('what cannot be read is read again and again, ever more seldom, until it can', async () => {
  const { clock, control, look, read, reads } = start();
  look();
  look();
  for (const [count, pauseMs] of [2000, 4000, 8000].entries()) {
    await clock.awaited(1);
    clock.advance(pauseMs - 1);
    expect(read).toHaveBeenCalledTimes(count);
    if (count === 2) control.isBlind = false;
    clock.advance(1);
    await reads(count + 1);
  }
  await clock.awaited(0);
});

test.each([
  ['soon, is read again as seldom as before', 30_000, 8000],
  ['after a while, is read again soon', 30_001, 2000],
])('what cannot be read anew %s', async (_name, afterMs, pauseMs) => {
  const { clock, control, look, read, reads } = start();
  look();
  for (const [count, ms] of [2000, 4000].entries()) {
    await clock.awaited(1);
    if (count === 1) control.isBlind = false;
    clock.advance(ms);
    await reads(count + 1);
  }
  await clock.awaited(0);
  clock.advance(afterMs);
  control.isBlind = true;
  look();
  await clock.awaited(1);
  clock.advance(pauseMs - 1);
  expect(read).toHaveBeenCalledTimes(2);
  control.isBlind = false;
  clock.advance(1);
  await reads(3);
});

test('while everything can be read nothing is read', async () => {
  const { clock, control, look } = start();
  control.isBlind = false;
  look();
  await clock.awaited(0);
});

test('the end of the service ends it', async () => {
  const { clock, ending, look, read } = start();
  look();
  await clock.awaited(1);
  ending.abort();
  await clock.awaited(0);
  expect(read).not.toHaveBeenCalled();
});
