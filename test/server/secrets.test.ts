import { expect, test } from 'vitest';
import { createSecrets } from '../../src/server/secrets.ts';
import { manualClock } from './support.ts';

function secrets() {
  const clock = manualClock();
  return { clock, kept: createSecrets<string>(clock, { bytes: 16, lifeMs: 1_000 }) };
}

test('a secret has as many random bits as asked for, and tells whose it is', () => {
  const { kept } = secrets();
  const [one, other] = [kept.make('one'), kept.make('other')];
  expect(one.secret).toMatch(/^[\w-]{22}$/);
  expect(one.secret).not.toBe(other.secret);
  expect([
    kept.find(one.secret)?.bearer,
    kept.find(other.secret)?.bearer,
    kept.find('')?.bearer,
    kept.find('one')?.bearer,
  ]).toEqual(['one', 'other', undefined, undefined]);
});

test('a secret that is taken is unknown from there on', () => {
  const { kept } = secrets();
  const { secret } = kept.make('one');
  expect(kept.take(secret)?.bearer).toBe('one');
  expect([kept.take(secret), kept.find(secret)?.bearer]).toEqual([null, undefined]);
});

test('a secret that is put back is known until the time that was told', () => {
  const { clock, kept } = secrets();
  const { secret } = kept.make('one');
  kept.take(secret)?.putBack();
  clock.advance(999);
  expect(kept.find(secret)?.bearer).toBe('one');
  clock.advance(1);
  expect(kept.take(secret)).toBeNull();
});

test('a secret ends at the time that was told', () => {
  const { clock, kept } = secrets();
  const { secret, expires } = kept.make('one');
  expect(expires).toBe(clock.now() + 1_000);
  clock.advance(999);
  expect(kept.find(secret)?.bearer).toBe('one');
  clock.advance(1);
  expect(kept.find(secret)).toBeNull();
});

test('whoever makes many makes others forget none of theirs', () => {
  const clock = manualClock();
  const kept = createSecrets<string>(clock, { bytes: 16, lifeMs: 1_000 }, (bearer) => bearer);
  const [first, other] = [kept.make('one').secret, kept.make('other').secret];
  for (let each = 0; each < 64; each += 1) kept.make('one');
  expect([kept.find(first)?.bearer, kept.find(other)?.bearer]).toEqual([undefined, 'other']);
});

test('of more than 64 the oldest are forgotten', () => {
  const { kept } = secrets();
  const made = Array.from({ length: 66 }, (_, index) => kept.make(String(index)));
  expect(made.map(({ secret }) => kept.find(secret)?.bearer).slice(0, 4)).toEqual([
    undefined,
    undefined,
    '2',
    '3',
  ]);
});
