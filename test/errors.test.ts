import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { HandglassError, reasonOf, reasonWithPath } from '../src/errors.ts';

const failureOf = async (failing: Promise<unknown>): Promise<unknown> =>
  failing.then(
    () => null,
    (error: unknown) => error,
  );

test('the reason of a file that cannot be read is in plain words, with its path where that is asked for', async () => {
  const error = await failureOf(readFile('/nowhere/at/all'));
  expect(reasonOf(error)).toBe('no such file or directory');
  expect(reasonWithPath(error)).toBe('no such file or directory (/nowhere/at/all)');
});

test('so is that of a socket that nobody serves', async () => {
  const error = await failureOf(once(connect('/nowhere/at.all'), 'connect'));
  expect(reasonWithPath(error)).toBe('no such file or directory');
});

test.each([
  {
    error: Object.assign(new Error('EPERM: Operation not permitted, ioctl'), { code: 'EPERM' }),
    reason: 'operation not permitted',
    kind: "the addon's",
  },
  {
    error: new HandglassError('busy', 'It is busy.', 'Wait.'),
    reason: 'It is busy. Wait',
    kind: 'ours',
  },
  { error: new TypeError('x is no function.'), reason: 'x is no function', kind: 'a defect' },
  { error: ' late.\n', reason: 'late', kind: 'no error at all' },
])('the reason of $kind is $reason', ({ error, reason }) => {
  expect([reasonOf(error), reasonWithPath(error)]).toEqual([reason, reason]);
});
