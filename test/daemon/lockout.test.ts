import { expect, test } from 'vitest';
import { createLockout } from '../../src/daemon/lockout.ts';
import type { Viewer } from '../../src/server/visibility.ts';
import { manualClock } from '../host/clocks.ts';

const guest: Viewer = { kind: 'guest', id: 'a', domain: 'win10' };

function start() {
  const clock = manualClock();
  const lockout = createLockout(clock);
  const ask = (by: Viewer) => () => lockout.requireOpen(by);
  return { clock, lockout, ask };
}

test('before any panic nobody is locked out', () => {
  const { ask } = start();
  expect(ask(guest)).not.toThrow();
});

test.each([
  { passed: 0, left: '10 s' },
  { passed: 1, left: '10 s' },
  { passed: 9001, left: '1 s' },
  { passed: 9999, left: '1 s' },
])('$passed ms after a panic guests are told to wait for $left', ({ passed, left }) => {
  const { clock, lockout, ask } = start();
  lockout.begin();
  clock.advance(passed);
  expect(ask(guest)).toThrow(
    expect.objectContaining({ code: 'locked-out', remedy: `Ask again in ${left}.` }),
  );
});

test("the host's own panel is never locked out", () => {
  const { lockout, ask } = start();
  lockout.begin();
  expect(ask({ kind: 'panel' })).not.toThrow();
});

test('10 s after a panic guests are let in again', () => {
  const { clock, lockout, ask } = start();
  lockout.begin();
  clock.advance(10_000);
  expect(ask(guest)).not.toThrow();
});

test('another panic begins the time anew', () => {
  const { clock, lockout, ask } = start();
  lockout.begin();
  clock.advance(9000);
  lockout.begin();
  clock.advance(9000);
  expect(ask(guest)).toThrow('Ask again in 1 s.');
});

test('whoever is at the host is never locked out', () => {
  const { lockout, ask } = start();
  lockout.begin();
  expect(ask({ kind: 'local' })).not.toThrow();
});
