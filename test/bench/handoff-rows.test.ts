import { expect, test } from 'vitest';
import { type Direction, median, percentile, rowsOf, type Sample } from './handoff-rows.ts';

const samples = (name: Sample['name'], devices: number, direction: Direction, ...all: number[]) =>
  all.map((ms): Sample => ({ name, devices, direction, ms, toldMs: ms + 1 }));

test.each([
  [[3], 3, 3],
  [[4, 1, 3, 2], 2.5, 4],
  [[100, 1, 2], 2, 100],
  [Array.from({ length: 20 }, (_, index) => index + 1), 10.5, 19],
])('of %j the median is %d and the 95th percentile %d', (values, middle, p95) => {
  expect(median(values)).toBe(middle);
  expect(percentile(values, 0.95)).toBe(p95);
});

test('each row is compared with virsh for as many devices the same way', () => {
  const rows = rowsOf([
    ...samples('virsh', 1, 'give', 100, 300, 200),
    ...samples('virsh', 1, 'take', 1000),
    ...samples('handglass', 1, 'give', 50.04, 100, 400),
    ...samples('handglass', 1, 'take', 700),
    ...samples('virsh', 3, 'give', 400),
    ...samples('handglass', 3, 'give', 100),
  ]);

  expect(rows).toEqual([
    { name: 'virsh', devices: 1, direction: 'give', medianMs: 200, p95Ms: 300, ratio: 1 },
    { name: 'virsh', devices: 1, direction: 'take', medianMs: 1000, p95Ms: 1000, ratio: 1 },
    { name: 'handglass', devices: 1, direction: 'give', medianMs: 100, p95Ms: 400, ratio: 0.5 },
    { name: 'handglass', devices: 1, direction: 'take', medianMs: 700, p95Ms: 700, ratio: 0.7 },
    { name: 'virsh', devices: 3, direction: 'give', medianMs: 400, p95Ms: 400, ratio: 1 },
    { name: 'handglass', devices: 3, direction: 'give', medianMs: 100, p95Ms: 100, ratio: 0.25 },
  ]);
});
