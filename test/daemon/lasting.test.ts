import { expect, test } from 'vitest';
import { whatLasts } from '../../src/daemon/lasting.ts';
import { HandglassError } from '../../src/errors.ts';
import { manualClock } from '../host/clocks.ts';

const wrong = (what: string) => new HandglassError('internal', `${what} cannot be read.`);

function start() {
  const clock = manualClock();
  const ending = new AbortController();
  let told: string[] = [];
  const take = whatLasts(clock, (errors) => (told = errors.map(({ what }) => what)), ending.signal);
  /** When whoever was waiting has been woken. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await clock.awaited(0);
    await Promise.resolve();
  };
  return { take, pass, ending, told: () => told };
}

test('what is wrong for a moment is never told', async () => {
  const { take, pass, told } = start();
  take([wrong('event4')]);
  take([]);
  await pass(1000);
  expect(told()).toEqual([]);
});

test('what lasts is told after 1 s, and no more once it is over', async () => {
  const { take, pass, told } = start();
  take([wrong('event4')]);
  expect(told()).toEqual([]);
  await pass(1000);
  expect(told()).toEqual(['event4 cannot be read.']);
  take([wrong('event4'), wrong('event5')]);
  expect(told()).toEqual(['event4 cannot be read.']);
  take([wrong('event5')]);
  expect(told()).toEqual([]);
  await pass(1000);
  expect(told()).toEqual(['event5 cannot be read.']);
});

test('nothing is waited for after the end', async () => {
  const { take, pass, ending, told } = start();
  take([wrong('event4')]);
  ending.abort();
  await pass(1000);
  expect(told()).toEqual([]);
});
