import { expect, test } from 'vitest';
import { createProblems } from '../../src/daemon/problems.ts';
import { HandglassError } from '../../src/errors.ts';

function start() {
  const log: string[] = [];
  const told = { changes: 0 };
  const problems = createProblems(
    () => {
      told.changes += 1;
    },
    (line) => log.push(line),
  );
  return { problems, log, told };
}

const problem = (what: string) => new HandglassError('input-unavailable', what, 'Wait.');

test('problems are listed by what they are about, in the order in which those came up', () => {
  const { problems, log, told } = start();
  expect(problems.list()).toEqual([]);
  const [one, two, three] = [problem('One.'), problem('Two.'), problem('Three.')];
  problems.set('input', [one, two]);
  problems.set('listen', [three]);
  expect(problems.list()).toEqual([one, two, three]);
  expect(log).toEqual(['One. Wait.', 'Two. Wait.', 'Three. Wait.']);
  expect(told.changes).toBe(2);
});

test('what several things fail for is listed once, until the last of them is well', () => {
  const { problems } = start();
  const [one, again] = [problem('One.'), problem('One.')];
  problems.set('input', [one]);
  problems.set('listen', [again]);
  expect(problems.list()).toEqual([one]);
  problems.set('input', []);
  expect(problems.list()).toEqual([again]);
});

test('a problem that stays is neither logged nor told again', () => {
  const { problems, log, told } = start();
  problems.set('input', [problem('One.')]);
  problems.set('input', [problem('One.')]);
  problems.set('listen', []);
  expect(log).toHaveLength(1);
  expect(told.changes).toBe(1);
});

test('of several problems with one thing only the new one is logged', () => {
  const { problems, log, told } = start();
  problems.set('input', [problem('One.')]);
  problems.set('input', [problem('One.'), problem('Two.')]);
  problems.set('input', [problem('Two.')]);
  expect(log).toEqual(['One. Wait.', 'Two. Wait.']);
  expect(told.changes).toBe(3);
  expect(problems.list().map(({ what }) => what)).toEqual(['Two.']);
});

test('a problem that goes away is told, and logged anew when it comes back', () => {
  const { problems, log, told } = start();
  problems.set('input', [problem('One.')]);
  problems.set('input', []);
  expect(problems.list()).toEqual([]);
  problems.set('input', [problem('One.')]);
  expect(log).toHaveLength(2);
  expect(told.changes).toBe(3);
});
