import { columns } from './columns.ts';
import { median, percentile } from './handoff-rows.ts';

/** How long changes took to a page's next frame. */
export interface Row {
  name: string;
  medianMs: number;
  p95Ms: number;
  worstMs: number;
  /** Of the median to that of the floor. */
  ratio: number;
}

export function rowOf(name: string, tookMs: readonly number[], floorMs: readonly number[]): Row {
  return {
    name,
    medianMs: median(tookMs),
    p95Ms: percentile(tookMs, 0.95),
    worstMs: Math.max(...tookMs),
    ratio: median(tookMs) / median(floorMs),
  };
}

export function rowLines(rows: readonly Row[]): string[] {
  const cells = rows.map(({ name, medianMs, p95Ms, worstMs, ratio }) => [
    name,
    ...[medianMs, p95Ms, worstMs].map((ms) => ms.toFixed(1)),
    ratio.toFixed(2),
  ]);
  return [...columns(['', 'median', 'p95', 'worst', 'ratio'], cells), '', ...legend];
}

const legend = [
  "median, p95, worst  milliseconds from the change to the page's next frame",
  'ratio               of the median to that of the bare websocket client',
];
