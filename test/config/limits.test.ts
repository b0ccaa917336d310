import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { mostChordKeys, mostChords, mostDomains, mostSeats } from '../../src/config/limits.ts';

test.each([
  ['LIMIT_SEATS', mostSeats],
  ['LIMIT_TARGETS', 1 + mostDomains],
  ['LIMIT_CHORDS', mostChords],
  ['LIMIT_CHORD_KEYS', mostChordKeys],
])('A configuration is held to %s of the switchboard', async (name, most) => {
  const url = new URL('../../native/switchboard-limits.h', import.meta.url);
  expect(await readFile(url, 'utf8')).toContain(`  ${name} = ${most},\n`);
});
