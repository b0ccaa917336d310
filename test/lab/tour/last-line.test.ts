import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { lastLine } from './last-line.ts';

test('the last line says in one what was done, and names a section that the README has', async () => {
  const line = lastLine(8);
  expect(line).toMatch(/^All 8 steps were proven\. .+\n$/);
  const section = /"(.+)"/.exec(line)?.[1] ?? '';
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`\n## ${section}\n`);
});
