import * as fc from 'fast-check';
import { test } from 'vitest';
import { startRouter } from './router-desk.ts';
import { check } from './router-invariants.ts';
import { steps, walk } from './router-walk.ts';

const ask = startRouter();

/** Long enough for the sanitizers on a machine that has other things to do. */
const timeoutMs = 60_000;

test(
  'each key is down for who has the seat and for nobody else, whatever happened before',
  () =>
    fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const moments = walk(all);
        check(moments, await ask(moments.map(({ line }) => line)));
      }),
      { numRuns: 500 },
    ),
  timeoutMs,
);
