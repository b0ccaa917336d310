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

/**
 * @param inputMs how long the input devices took back, each time
 * @param returnMs how long a device that was plugged in anew took to its domain, each time
 */
export function besideLines(
  inputMs: readonly number[],
  returnMs: readonly number[],
  idle: readonly (Idle & { owner: string })[],
): string[] {
  return [
    `input back: ${spread(inputMs, 'the chord')}`,
    `device plugged in anew, in the domain: ${spread(returnMs, 'a driver had it')}`,
    ...idle.map(
      ({ owner, cpuPercent, wakeupsPerSecond }) =>
        `service at rest, seat with ${owner}: CPU ${cpuPercent.toFixed(2)} %, ${wakeupsPerSecond.toFixed(1)} wake-ups in a second`,
    ),
  ];
}

function spread(ms: readonly number[], after: string): string {
  const [middle, p95] = [median(ms), percentile(ms, 0.95)].map((each) => each.toFixed(1));
  return `${middle} ms after ${after}, p95 ${p95} ms`;
}

const headings = ' devices direction median p95 ratio'.split(' ');

const legend = [
  'median, p95  milliseconds until the last USB device was there',
  'ratio        of the median to that of virsh',
];
