import * as fc from 'fast-check';
import { expect, test } from 'vitest';
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
