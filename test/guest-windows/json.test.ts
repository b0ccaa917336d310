import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { startPure } from './pure.ts';

const ask = startPure();

test.each([
  ['{"key":1}', 'key 1', 'a member'],
  ['{ "a" : [ 1 , {"key":2} ] , "key" : "x" }', 'key "x"', 'white space and what is nested'],
  ['{"key":1,"key":2}', 'key 2', 'the last of a name'],
  ['{"\\u006bey":3}', 'key 3', 'a name with an escape'],
  ['{}', undefined, 'no member'],
  ['[1]', undefined, 'no object'],
])('in %s the member is %s: %s', async (text, expected, _why) => {
  expect((await ask('json', text))[1]).toBe(expected);
});

test.each([
  ['"\\u20ac"', '"€"'],
  ['"\\ud83d\\ude00"', '"😀"'],
  ['"\\ud83d"', '"\ufffd"'],
  ['"\\ude00\\ud83dx"', '"\ufffd\ufffdx"'],
  ['"a\\u0000b"', '"a\ufffdb"'],
  ['"\\n\\t\\/\\\\\\""', '"\\u000a\\u0009/\\\\\\""'],
])('the string %s is read as %s', async (text, expected) => {
  expect(await ask('json', text)).toEqual([expected]);
});

test.each([
  '',
  ' ',
  '{',
  '[1,]',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{a:1}',
  '"',
  '"\\',
  '"\\x"',
  '"\\u12"',
  '"\\u12g4"',
  '"\u0001"',
  '01',
  '1.',
  '-',
  '1e',
  '+1',
  'tru',
  'nullx',
  '1 2',
  '[1]]',
  '['.repeat(40) + ']'.repeat(40),
])('%j is no JSON', async (text) => {
  expect(await ask('json', text)).toEqual(['nothing']);
});

test('what JSON.stringify writes is read as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const text = JSON.stringify(value);
      // Neither is kept.
      fc.pre(!/\\u(0000|d[89a-f]..)/.test(text));
      const [read = ''] = await ask('json', text);
      expect(JSON.parse(read)).toEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

test('whatever is read as JSON is JSON, and what JSON.parse reads is read, however it is cut', async () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.nat(), fc.string())
    .map(([text, at, size, more]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + more + text.slice(from + (size % 4));
    });
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      fc.pre(!text.includes('\0'));
      const [read] = await ask('json', text);
      expect(read === 'nothing').toBe(!isJson(text));
    }),
    { numRuns: 2000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
