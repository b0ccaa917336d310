import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { watchMachine } from '../../src/daemon/machine.ts';
import type { HandglassError } from '../../src/errors.ts';
import { processes } from '../../src/host/processes.ts';
import { manualClock } from '../host/clocks.ts';

const fine = { verdict: 'ok', about: '', explanation: 'It is.', remedy: null, advice: '' };
const wrong = {
  verdict: 'problem',
  about: 'kvm',
  explanation: 'It is off.',
  remedy: 'turn it on',
  advice: 'Start anew.',
};
const told = [{ what: 'kvm: It is off.', remedy: 'Run `turn it on`. Start anew.' }];
const failure = [
  { what: 'This machine could not be looked at.', remedy: 'Run `handglass doctor`.' },
];

const saying = (text: string) => `echo '${text}'; exec sleep 1000`;
const reporting = (...results: readonly object[]) =>
  saying(JSON.stringify({ format: 1, subjects: [{ results: [fine] }, { results }] }));

/** A doctor that does these in turn. */
function start(...scripts: readonly string[]) {
  const clock = manualClock();
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const looks: string[] = [];
  const seen: (readonly HandglassError[])[] = [];
  let isDisturbing = false;
  const host: Parameters<typeof watchMachine>[0] = {
    ...clock,
    follow(command, args, signal) {
      const script = scripts[looks.length] ?? 'exit 1';
      looks.push([command, ...args].join(' '));
      return processes.follow('sh', ['-c', script], signal);
    },
  };
  const done = watchMachine(
    host,
    {
      handglass: ['node', 'handglass.js'],
      isDisturbing: () => isDisturbing,
      tell: (errors) => seen.push(errors),
    },
    stopping.signal,
  );
  return {
    clock,
    done,
    looks,
    seen,
    stop: () => stopping.abort(),
    disturb: (does: boolean) => {
      isDisturbing = does;
    },
    /** Resolves once it waits after so many looks. */
    looked: async (count: number) => {
      await expect.poll(() => seen.length, { timeout: 60_000 }).toBe(count);
      await clock.awaited(1);
    },
  };
}

test('a machine that is fine is looked at once', async () => {
  const { done, looks, seen } = start(reporting({ ...wrong, verdict: 'warning' }));
  await done;
  expect(looks).toEqual(['nice -n 19 node handglass.js doctor --quick --json']);
  expect(seen).toEqual([[]]);
});

test('a problem is told with what to do, and looked for every five minutes until it is gone', async () => {
  const { clock, done, looked, looks, seen } = start(
    reporting(wrong),
    reporting(wrong),
    reporting(),
  );
  for (const count of [1, 2]) {
    await looked(count);
    clock.advance(299_999);
    await setImmediate();
    expect(looks).toHaveLength(count);
    clock.advance(1);
  }
  await done;
  expect(seen).toMatchObject([told, told, []]);
});

test('who works in a guest is not disturbed', async () => {
  const { clock, disturb, done, looked, looks } = start(reporting(wrong), reporting());
  await looked(1);
  disturb(true);
  clock.advance(300_000);
  await clock.awaited(1);
  expect(looks).toHaveLength(1);
  disturb(false);
  clock.advance(300_000);
  await done;
  expect(looks).toHaveLength(2);
});

test.each([
  ['says something else', saying('garbage')],
  ['says what another version would', saying('{"format":2,"subjects":[]}')],
  ['is not there', 'echo "node: no such file" >&2; exit 1'],
  ['says nothing', 'exit 0'],
  ['is killed', 'kill -KILL $$'],
])('a doctor that %s is told of, and asked again', async (_name, script) => {
  const { clock, done, looked, seen } = start(script, reporting());
  await looked(1);
  clock.advance(300_000);
  await done;
  expect(seen).toMatchObject([failure, []]);
});

test('a doctor that hangs is given up after five minutes', async () => {
  const { clock, done, looked, seen } = start('exec sleep 1000', reporting());
  await clock.awaited(1);
  clock.advance(300_000);
  await looked(1);
  clock.advance(300_000);
  await done;
  expect(seen).toMatchObject([failure, []]);
});

test.each([
  ['while it waits', reporting(wrong), 1],
  ['while it looks', 'exec sleep 1000', 0],
])('once the service ends nothing is looked at any more: %s', async (_name, script, count) => {
  const { clock, done, looks, seen, stop } = start(script);
  await expect.poll(() => seen.length, { timeout: 60_000 }).toBe(count);
  await clock.awaited(1);
  stop();
  await done;
  expect(looks).toHaveLength(1);
  expect(seen).toHaveLength(count);
});
