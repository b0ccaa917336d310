import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { problemLines } from '../../src/cli/render/problem.ts';
import { wrapped } from '../../src/cli/render/wrapped.ts';

test('a sentence goes on below its beginning, and a command in it stays whole', () => {
  expect(wrapped('    Take it off, with `a long command`, and start anew.', 24)).toEqual([
    '    Take it off, with',
    '    `a long command`,',
    '    and start anew.',
  ]);
});

test('what goes into no terminal is not broken', () => {
  expect(wrapped(`  ${'word '.repeat(100)}`, undefined)).toHaveLength(1);
});

test('no word is lost, and no line that has two of them is too long', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 10, max: 80 }), (all, columns) => {
      const lines = wrapped(`  ${all.join(' ')}`, columns);
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(all);
      const long = lines.filter((line) => line.length > columns && line.trim().includes(' '));
      expect(long).toEqual([]);
    }),
  );
});

test('colours take no room', () => {
  const red = '\u001b[31mfour word line.\u001b[39m';
  expect(wrapped(red, 15)).toEqual([red]);
});

test('what is wrong goes on below its beginning, and so does what to do about it', () => {
  const what = 'The file is not there.\nNeither is its folder.';
  expect(problemLines('problem', what, 'Run `sudo handglass shm create`.', 28)).toEqual([
    'problem: The file is not',
    '         there.',
    '         Neither is its',
    '         folder.',
    '         Run',
    '         `sudo handglass shm create`.',
  ]);
});
