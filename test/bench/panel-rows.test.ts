import { expect, test } from 'vitest';
import { rowLines, rowOf } from './panel-rows.ts';

test('the panel is compared with the floor by their medians', () => {
  const floor = [8, 10, 12];
  const rows = [rowOf('bare', floor, floor), rowOf('panel', [10, 15, 40], floor)];
  expect(rowLines(rows, []).slice(0, 3).join('\n')).toMatchInlineSnapshot(`
    "       median   p95  worst  ratio
    bare     10.0  12.0   12.0   1.00
    panel    15.0  40.0   40.0   1.50"
  `);
});
