import { columns } from './columns.ts';
import type { Idle } from './handoff-idle.ts';
import { median, percentile, type Row } from './handoff-rows.ts';

export function rowLines(rows: readonly Row[]): string[] {
  const cells = rows.map(({ name, devices, direction, medianMs, p95Ms, ratio }) => [
    name,
    `${devices}`,
    direction,
    ...[medianMs, p95Ms].map((ms) => ms.toFixed(1)),
    ratio.toFixed(2),
  ]);
  return [...columns(headings, cells), '', ...legend];
}

/** @param inputMs how long the input devices took back, each time */
export function besideLines(
  inputMs: readonly number[],
  idle: readonly (Idle & { owner: string })[],
): string[] {
  const [middle, p95] = [median(inputMs), percentile(inputMs, 0.95)].map((ms) => ms.toFixed(1));
  return [
    `input back: ${middle} ms after the chord, p95 ${p95} ms`,
    ...idle.map(
      ({ owner, cpuPercent, wakeupsPerSecond }) =>
        `service at rest, seat with ${owner}: CPU ${cpuPercent.toFixed(2)} %, ${wakeupsPerSecond.toFixed(1)} wake-ups in a second`,
    ),
  ];
}

const headings = ' devices direction median p95 ratio'.split(' ');

const legend = [
  'median, p95  milliseconds until the last USB device was there',
  'ratio        of the median to that of virsh',
];
