import { columns } from './columns.ts';
import { callRows, type GivenRow, median, percentile, type Row, toldRows } from './handoff-rows.ts';
import type { Handoffs } from './handoff-virtual.ts';

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

/** What was measured beside the rows. */
export function besideLines(handoffs: Handoffs): string[] {
  const { samples, returnMs, idle } = handoffs;
  const inputMs = samples.flatMap((each) => each.inputMs ?? []);
  return [
    `input back: ${spread(inputMs, 'the chord')}`,
    `device plugged in anew, in the domain: ${spread(returnMs, 'a driver had it')}`,
    ...callRows(handoffs).map((row) => givenLine('given', "a guest's call", row)),
    ...toldRows(handoffs).map((row) => givenLine('told of', 'the chord', row)),
    ...idle.map(
      ({ owner, cpuPercent, wakeupsPerSecond }) =>
        `service at rest, seat with ${owner}: CPU ${cpuPercent.toFixed(2)} %, ${wakeupsPerSecond.toFixed(1)} wake-ups in a second`,
    ),
  ];
}

function givenLine(what: string, after: string, { devices, ms, moreMs }: GivenRow): string {
  const apart = `${Math.abs(moreMs).toFixed(1)} ms ${moreMs < 0 ? 'less' : 'more'} than with virsh`;
  return `${devices} × USB ${what}: ${spread(ms, after)}, ${apart}`;
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
