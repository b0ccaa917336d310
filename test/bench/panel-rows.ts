import { columns } from './columns.ts';
import { median, percentile } from './handoff-rows.ts';

/** How long something took, many times. */
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

/** @param legend what the columns are */
export function rowLines(rows: readonly Row[], legend: readonly string[]): string[] {
  const cells = rows.map(({ name, medianMs, p95Ms, worstMs, ratio }) => [
    name,
    ...[medianMs, p95Ms, worstMs].map((ms) => ms.toFixed(1)),
    ratio.toFixed(2),
  ]);
  return [...columns(['', 'median', 'p95', 'worst', 'ratio'], cells), '', ...legend];
}
