import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { changeLine } from '../../src/cli/render/doctor-change.ts';
import { changesBetween } from '../../src/doctor/changes.ts';
import type { DoctorReport, Result } from '../../src/doctor/report.ts';

function result(verdict: Result['verdict'], changes: Partial<Result> = {}): Result {
  return {
    id: 'a.b',
    title: 'Thing',
    verdict,
    about: '',
    explanation: `It is ${verdict}.`,
    remedy: null,
    advice: '',
    link: 'a-b',
    ...changes,
  };
}

function report(...results: Result[]): DoctorReport {
  const counts = { ok: 0, warning: 0, problem: 0, unknown: 0 };
  return { format: 1, counts, subjects: [{ name: 'Things', results }] };
}

const lines = (before: Result[], after: Result[], all = false) =>
  changesBetween(report(...before), report(...after), all).map((each) =>
    stripVTControlCharacters(changeLine(each)),
  );

const broken = result('problem', { remedy: 'sudo mend it' });
const left = result('warning', { about: 'seat desk', explanation: 'No device fits one.' });
const right = result('warning', { about: 'seat desk', explanation: 'No device fits two.' });

test.each([
  { what: 'nothing', before: [broken, left], after: [broken, left], told: [] },
  {
    what: 'what comes',
    before: [result('ok')],
    after: [broken, left],
    told: [
      'problem  Thing  It is problem.  $ sudo mend it',
      'warning  Thing: seat desk  No device fits one.',
    ],
  },
  {
    what: 'what is mended',
    before: [broken],
    after: [result('ok')],
    told: ['ok  Thing  It is ok.'],
  },
  {
    what: 'what is no more',
    before: [broken, left],
    after: [broken],
    told: ['no more  Thing: seat desk'],
  },
  {
    what: 'what becomes otherwise',
    before: [broken],
    after: [result('unknown')],
    told: ['not looked at  Thing  It is unknown.'],
  },
  {
    what: 'one of two that are about the same',
    before: [left, right],
    after: [right],
    told: ['no more  Thing: seat desk'],
  },
  {
    what: 'one more that is about the same',
    before: [left],
    after: [left, right],
    told: ['warning  Thing: seat desk  No device fits two.'],
  },
  {
    what: 'two that are about the same and are mended',
    before: [left, right],
    after: [result('ok', { about: 'seat desk' })],
    told: ['ok  Thing: seat desk  It is ok.'],
  },
  {
    what: 'what is well otherwise',
    before: [result('ok')],
    after: [result('ok', { explanation: 'It is well.' })],
    told: [],
  },
])('of two reports is told: $what', ({ before, after, told }) => {
  expect(lines(before, after)).toEqual(told);
});

test('what is well is told of where that is asked for', () => {
  const [well, better] = [result('ok'), result('ok', { explanation: 'It is better.' })];
  expect(lines([well], [better], true)).toEqual(['ok  Thing  It is better.']);
  expect(lines([], [well], true)).toEqual(['ok  Thing  It is ok.']);
  expect(lines([well], [], true)).toEqual(['no more  Thing']);
});
