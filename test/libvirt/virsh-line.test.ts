import { array, assert, property, string } from 'fast-check';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { lineOf } from '../../src/libvirt/virsh-line.ts';
import { DomainRefusal } from '../../src/domain/refusal.ts';

test.each([
  { args: ['dumpxml', '--domain', 'win10'], line: "'dumpxml' '--domain' 'win10'" },
  { args: ['a', ''], line: "'a' ''" },
  { args: ["it's mine"], line: String.raw`'it'\''s mine'` },
  { args: ['a; destroy win10'], line: "'a; destroy win10'" },
  { args: ['"a" \\ # $b `c`'], line: '\'"a" \\ # $b `c`\'' },
])('$args is $line', ({ args, line }) => {
  expect(lineOf(args)).toBe(line);
});

test('any text without control characters is one word again, as a shell reads it', () => {
  const text = string({ unit: 'grapheme' }).filter((each) => !/\p{Cc}/u.test(each));
  assert(
    property(array(text, { minLength: 1, maxLength: 4 }), (words) => {
      const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${lineOf(words)}`]).toString();
      expect(printed).toBe(words.map((word) => `${word}\n`).join(''));
    }),
    { numRuns: 50 },
  );
});

test.each(['a\nb', 'a\rb', 'a\tb', '\u0000', '\u0018\u0005', '\u007f', '\u0085'])(
  '%j is refused',
  (word) => {
    expect(() => lineOf(['domstate', word])).toThrow(DomainRefusal);
    expect(() => lineOf(['domstate', word])).toThrow(
      'has a control character, which virsh cannot be told',
    );
  },
);
