import { expect, test } from 'vitest';
import { startPure } from './pure.ts';

const pure = startPure();

test('a host that is lost is looked for after pauses that grow to half a minute', async () => {
  const waits = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
  expect(await pure('waits')).toEqual(waits.map(String));
});
