import { expect, test } from 'vitest';
import { createJournal } from '../../src/server/journal.ts';
import { manualClock } from './support.ts';

function kept() {
  const clock = manualClock();
  const lines: string[] = [];
  return { clock, lines, journal: createJournal(clock, (line) => lines.push(line)) };
}

test('a line names the address first', () => {
  const { lines, journal } = kept();
  journal('192.168.122.50', 'not let in');
  expect(lines).toEqual(['192.168.122.50: not let in']);
});

test('who does much has 30 lines at once and one in 5 s, and what is left out is counted', () => {
  const { clock, lines, journal } = kept();
  for (let each = 0; each < 1000; each += 1) journal('a', 'x');
  expect(lines).toHaveLength(30);
  journal('b', 'x');
  expect(lines.at(-1)).toBe('b: x');
  clock.advance(5_000);
  journal('a', 'y');
  journal('a', 'z');
  expect(lines.slice(31)).toEqual(['a: 970 lines like these were left out', 'a: y']);
});

test('addresses of one IPv6 network have their lines together', () => {
  const { lines, journal } = kept();
  for (let each = 0; each < 1000; each += 1) journal(`fd00::${each}`, 'x');
  journal('fd00:0:0:1::1', 'x');
  expect(lines).toHaveLength(31);
  expect(lines[0]).toBe('fd00::0: x');
});

test('any number of addresses takes little memory, and together they have no more lines', () => {
  const { clock, lines, journal } = kept();
  for (let each = 0; each < 10_000; each += 1) journal(`a${each}`, 'x');
  expect(lines).toHaveLength(256 + 30);
  clock.advance(3_600_000);
  journal('new', 'x');
  journal('new', 'y');
  expect(lines.slice(-2)).toEqual(['new: x', 'new: y']);
});

test('what one guest does hides nothing of what another at its address did', () => {
  const { lines, journal } = kept();
  for (let each = 0; each < 1000; each += 1) journal('a', 'guest 1 moved', 'move', '1');
  journal('a', 'guest 2 moved', 'move', '2');
  expect(lines).toHaveLength(31);
  expect(lines.at(-1)).toBe('a: guest 2 moved');
});

test('of what the host has decided nothing is left out', () => {
  const { lines, journal } = kept();
  for (let each = 0; each < 1000; each += 1) journal('a', 'revoked', 'revocation', null);
  expect(lines).toHaveLength(1000);
});

test.each(['entry', 'access', 'move', 'revocation'] as const)('junk hides no %s', (kind) => {
  const { lines, journal } = kept();
  for (let each = 0; each < 1000; each += 1) journal('a', 'junk');
  journal('a', 'what matters', kind);
  expect(lines).toHaveLength(31);
  expect(lines.at(-1)).toBe('a: what matters');
});

test.each([
  ['a token', `0123456789ab.${'A'.repeat(43)}`, '0123456789ab.…'],
  ['a token that was cut', `0123456789ab.${'A'.repeat(40)}`, '0123456789ab.…'],
  ['the secret of a token alone', 'x_-'.repeat(14), '…'],
  ['a code', 'Ab-_'.repeat(5) + 'Zz', '…'],
  ['a pairing string', `?pin=${'P'.repeat(43)}&code=${'c'.repeat(22)}`, '?pin=…&code=…'],
])('%s is in no line', (_name, secret, shown) => {
  const { lines, journal } = kept();
  journal('a', `There is no seat "${secret}".`);
  expect(lines).toEqual([`a: There is no seat "${shown}".`]);
});

test('what a peer sent can begin no line of its own, colour nothing, and is cut', () => {
  const { lines, journal } = kept();
  journal('a', 'There is no seat "x\nroot: \u001b[31mlogin\u202e".');
  journal('a', 'x '.repeat(8_000));
  expect(lines).toEqual(['a: There is no seat "x?root: ?[31mlogin?".', `a: ${'x '.repeat(150)}…`]);
});
