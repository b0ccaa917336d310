import { expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { deskAfter, deskAtStart, planWalk, textOf } from './walk-steps.ts';

const walk = (seed: number, count = 2000) => planWalk(randomFrom(seed), count);
const kindsOf = (seed: number) => new Set(walk(seed).map(({ kind }) => kind));

test('a seed brings the same walk back, and another one another', () => {
  expect(walk(7)).toEqual(walk(7));
  expect(walk(7, 100)).toEqual(walk(7).slice(0, 100));
  expect(walk(7).map(textOf)).not.toEqual(walk(8).map(textOf));
});

test('a walk has every kind of step', () => {
  expect([...kindsOf(7)].toSorted()).toEqual([
    'give',
    'kill QEMU',
    'kill guest',
    'kill service',
    'mouse',
    'panic',
    'plug',
    'press',
    'release',
    'start guest',
    'toggle',
    'unplug',
  ]);
});

test('nothing is pressed that is down, released that is up, or done on a keyboard that is away', () => {
  let desk = deskAtStart;
  for (const step of walk(7)) {
    if (step.kind === 'press' || step.kind === 'release') {
      expect(desk.down[step.on].has(step.key)).toBe(step.kind === 'release');
    }
    if ('on' in step && step.kind !== 'plug') {
      const keyboards = step.on === 'both' ? ['keyboard', 'keyboard2'] : [step.on];
      expect(keyboards).not.toContain(desk.unplugged);
    }
    desk = deskAfter(desk, step);
  }
});
