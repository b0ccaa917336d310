import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { startOutbox } from './router-desk.ts';

const ask = startOutbox();

const times = (count: number, ...said: string[]) =>
  Array.from({ length: count }, () => said).flat();
const puts = (...reports: string[]) => reports.map((report) => `put ${report}`);

/** What an outbox has before motion is added up: 24 reports, 12 taps of a. */
const taps = times(12, 'a+', 'a-');
/** 256 events, all that it holds. */
const full = [...times(63, 'a+', 'a-'), 'b+', 'c+'];
/** The second is for what makes up for a loss. */
const writeAll = ['write 256', 'write 256'];

const cases: [name: string, reports: string[], read: string[]][] = [
  ['reports leave as they came', ['a+ x=1', 'x=2 y=3', 'a-'], ['a+ x=1', 'x=2 y=3', 'a-']],
  ['a report without events is none', ['', 'a+', ''], ['a+']],
  ['motion is not added up before there is plenty', times(24, 'x=1'), times(24, 'x=1')],
  [
    'motion is added up behind plenty',
    [...taps, 'x=1 y=-1', 'x=2 y=-2', 'x=-5 y=-3'],
    [...taps, 'x=-2 y=-6'],
  ],
  [
    'motion of other axes is not added up',
    [...taps, 'x=1', 'y=1', 'y=1 x=1', 'x=1 y=1', 'x=1', 'y=1 x=1'],
    [...taps, 'x=1', 'y=1', 'y=1 x=1', 'x=1 y=1', 'x=1', 'y=1 x=1'],
  ],
  [
    'a wheel is added up in both resolutions',
    [...taps, 'wheel=1 hires=120', 'wheel=1 hires=120'],
    [...taps, 'wheel=2 hires=240'],
  ],
  [
    'motion is not added up across a key',
    [...taps, 'x=1', 'b+', 'x=2', 'x=3', 'b-', 'x=4'],
    [...taps, 'x=1', 'b+', 'x=5', 'b-', 'x=4'],
  ],
  [
    'nor into a report that has a key or an absolute axis beside it',
    [...taps, 'x=1 b+', 'x=2', 'x=3 b-', 'absx=4', 'absx=5'],
    [...taps, 'x=1 b+', 'x=2', 'x=3 b-', 'absx=4', 'absx=5'],
  ],
  ['a full outbox drops what follows', [...full, 'd+', 'd-'], full],
  ['presses that were dropped are made up for', [...full, 'd+'], [...full, 'd+']],
  ['releases that were dropped are made up for', [...full, 'b-', 'c-'], [...full, 'b- c-']],
  ['repeats and motion that were dropped are not', [...full, 'b~', 'x=5'], full],
  [
    'of a report that finds too little room the rest is made up for',
    [...full.slice(1), 'd+ e+'],
    [...full.slice(1), 'd+', 'e+'],
  ],
];

test.each(cases)('%s', async (_name, reports, read) => {
  expect((await ask([...puts(...reports), ...writeAll])).flat()).toEqual(read);
});

test('motion is added up no more once the backlog has been read', async () => {
  const lines = [...puts(...taps), 'write 256', ...puts('x=1', 'x=2'), 'write 256'];
  expect((await ask(lines)).flat()).toEqual([...taps, 'x=1', 'x=2']);
});

/** Long enough for the sanitizers on a machine that has other things to do. */
const timeoutMs = 60_000;

type Step = { toggles: string[]; motion: number; written: number };

const step: fc.Arbitrary<Step> = fc.record({
  toggles: fc.subarray(['a', 'b', 'c'], { maxLength: 2 }),
  motion: fc.integer({ min: -3, max: 3 }),
  written: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(0, 0, 0, 0, 1, 2, 5) },
    { weight: 1, arbitrary: fc.constantFrom(200, 256) },
  ),
});

/** Each step puts one report, and then the reader takes some events. */
async function read(steps: readonly Step[]) {
  const down = new Set<string>();
  const put: string[] = [];
  const lines: string[] = [];
  for (const { toggles, motion, written } of steps) {
    const keys = toggles.map((key) => `${key}${down.delete(key) ? '-' : (down.add(key), '+')}`);
    const report = [...keys, ...(motion === 0 ? [] : [`x=${motion}`])].join(' ');
    put.push(report);
    lines.push(`put ${report}`, `write ${written}`);
  }
  const taken = (await ask([...lines, ...writeAll])).flat();
  return { put: put.filter((report) => report !== ''), taken, down };
}

/** The reports, motion alone added up. */
function sums(reports: readonly string[]): string[] {
  return reports
    .join(';')
    .replace(/(?<=^|;)x=[^;]*(;x=[^;]*)*(?=$|;)/g, (motion) => {
      const values = motion.split(';').map((each) => Number(each.slice(2)));
      return `x=${values.reduce((sum, value) => sum + value, 0)}`;
    })
    .split(';');
}

test(
  'nothing is lost, and no key is late, while there is room',
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const { put, taken } = await read(steps);
        expect(sums(taken)).toEqual(sums(put));
      }),
    ),
  timeoutMs,
);

test(
  'the reader ends with the right keys, and sees none pressed or released twice',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 100, maxLength: 400, size: 'max' }),
        async (steps) => {
          const { taken, down } = await read(steps);
          const seen = new Set<string>();
          for (const word of taken.flatMap((report) => report.split(' '))) {
            const [key = '', sign] = word;
            expect(sign === '+' ? seen.has(key) : sign === '-' && !seen.delete(key)).toBe(false);
            if (sign === '+') {
              seen.add(key);
            }
          }
          expect(seen).toEqual(down);
        },
      ),
    ),
  timeoutMs,
);
