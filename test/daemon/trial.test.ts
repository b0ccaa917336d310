import { expect, test } from 'vitest';
import { confirmTrial, startTrial } from '../../src/daemon/trial.ts';
import { manualClock } from '../host/clocks.ts';

function start() {
  const clock = manualClock();
  const log: string[] = [];
  const times: number[] = [];
  const told = { over: 0 };
  const stopping = new AbortController();
  const trial = startTrial(
    clock,
    { tryFor: (ms) => void times.push(ms) },
    60_000,
    (line) => log.push(line),
    () => {
      told.over += 1;
    },
    stopping.signal,
  );
  return { clock, trial, log, times, told, stopping };
}

test('a trial tells the switchboard its time, and says how to end it', () => {
  const { log, times, told } = start();
  expect(times).toEqual([60_000]);
  expect(log).toEqual(['on trial for 60 s: `handglass confirm` keeps the service']);
  expect(told.over).toBe(0);
});

test('a trial that nobody confirms is over when its time has passed', async () => {
  const { clock, log, told } = start();
  clock.advance(59_999);
  await clock.awaited(1);
  expect(told.over).toBe(0);
  clock.advance(1);
  await expect.poll(() => told.over).toBe(1);
  expect(log.at(-1)).toBe('the trial is over: everything is with the host');
});

test('a trial that is confirmed ends there, once', async () => {
  const { clock, trial, log, times, told } = start();
  confirmTrial(trial);
  confirmTrial(trial);
  await clock.awaited(0);
  clock.advance(60_000);
  expect(times).toEqual([60_000, 0]);
  expect(log.slice(1)).toEqual(['confirmed: the service stays']);
  expect(told.over).toBe(0);
});

test('a service that is on no trial has none to confirm', () => {
  expect(() => confirmTrial(null)).toThrow(
    expect.objectContaining({
      code: 'trial-not-running',
      what: 'No trial is running: the service was started to stay.',
    }),
  );
});

test('a service that is stopped waits for no trial', async () => {
  const { clock, log, told, stopping } = start();
  stopping.abort();
  await clock.awaited(0);
  expect(log).toHaveLength(1);
  expect(told.over).toBe(0);
});
