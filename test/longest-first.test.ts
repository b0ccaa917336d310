import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { long } from './longest-first.ts';

test.each(long)('%s, which is begun early, is there', (name) => {
  expect(globSync(`test/*/${name}.lab.test.ts`)).toHaveLength(1);
});
