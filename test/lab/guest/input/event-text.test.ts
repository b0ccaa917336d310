import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compile } from '../../../native/compile.ts';

const here = 'test/lab/guest/input';
const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(join(folder, 'event-names.h'), execFileSync('sh', [`${here}/event-names.sh`]));
const sources = [`${here}/event-text-harness.c`, `${here}/event-text.c`];
const harness = compile(folder, 'event-text', [`-I${folder}`, ...sources]);
const answer = (line: string) =>
  execFileSync(harness, { input: `${line}\n`, encoding: 'utf8' }).slice(0, -1);

test.each([
  ['a+', '1:30=1 a+'],
  ['a-', '1:30=0 a-'],
  ['a~', '1:30=2 a~'],
  ['leftctrl+ 1+', '1:29=1 leftctrl+ 1:2=1 1+'],
  ['btn_left+', '1:272=1 btn_left+'],
  ['rel_x=5 rel_wheel=-1', '2:0=5 rel_x=5 2:8=-1 rel_wheel=-1'],
  ['abs_x=2147483647', '3:0=2147483647 abs_x=2147483647'],
  ['led_capsl=1', '17:1=1 led_capsl=1'],
  ['sw_lid=1', '5:0=1 sw_lid=1'],
  ['msc_scan=458756', '4:4=458756 msc_scan=458756'],
  ['  a+   b+ ', '1:30=1 a+ 1:48=1 b+'],
  ['', ''],
])('the line "%s" is understood and printed again', (line, expected) => {
  expect(answer(line)).toBe(expected);
});

test.each([
  ['btn_mouse+', '1:272=1 btn_left+', 'the first of a range has a name of its own'],
  ['btn_a+', '1:304=1 btn_south+', 'one of two names is defined by the other'],
  ['hanguel+', '1:122=1 hangeul+', 'an old spelling is defined by the new one'],
  ['1:30=1', '1:30=1 a+', 'it has a name'],
  ['a=3', '1:30=3 a=3', 'a key has no such value'],
  ['1:250=1', '1:250=1 1:250=1', 'no name is known'],
])('the word %s is printed as %s: %s', (word, expected) => {
  expect(answer(word)).toBe(expected);
});

test.each([
  ['a', 'no sign'],
  ['+', 'no name'],
  ['moon+', 'no such key'],
  ['A+', 'upper case'],
  ['rel_x+', 'motion is not pressed'],
  ['rel_x=', 'no value'],
  ['rel_x=2147483648', 'more than an event holds'],
  ['1:x=1', 'no code'],
  ['99:1=1', 'no such type'],
  [`${'x'.repeat(60)}+`, 'longer than any name'],
])('the word %s is refused: %s', (word) => {
  expect(answer(`a+ ${word} b+`)).toMatch(`stopped at ${word}`);
});

test('a line of more events than there is room for is refused', () => {
  expect(answer('a+ b+ c+ d+ e+')).toBe('stopped at e+');
});
