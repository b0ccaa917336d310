/** What the handoff benchmark is held to. */
import { callRows, type GivenRow, percentile, type Row, toldRows } from './handoff-rows.ts';
import type { Handoffs } from './handoff-virtual.ts';

/** A sentence for each measurement that is over its limit. */
export function failuresOf(handoffs: Handoffs, rows: readonly Row[]): string[] {
  const { returnMs, idle } = handoffs;
  return [
    ...rows
      .filter((row) => row.name === 'handglass' && row.ratio > mostRatio(row))
      .map(slowHandoff),
    ...[percentile(returnMs, 0.95)].filter((ms) => ms > mostReturnMs).map(slowReturn),
    ...callRows(handoffs).filter(isLate).map(slowCall),
    ...toldRows(handoffs).filter(isLate).map(slowWord),
    ...idle.filter(({ cpuPercent }) => cpuPercent >= idlePercent).map(busyRest),
  ];
}

function mostRatio({ devices, direction }: Row): number {
  return (devices === 1 ? mostForOne : mostForSeveral)[direction];
}

function slowHandoff(row: Row): string {
  const { devices, direction, ratio } = row;
  return `A ${direction} of ${devices} × USB takes ${ratio} of virsh's time: ${mostRatio(row)} is the most.`;
}

function slowReturn(ms: number): string {
  return `A device plugged in anew takes ${ms.toFixed(1)} ms at p95: ${mostReturnMs} ms is the most.`;
}

function isLate({ moreMs }: GivenRow): boolean {
  return moreMs > mostOwnMs;
}

function slowCall(row: GivenRow): string {
  return `A guest's call for ${row.devices} × USB takes ${lateText(row)}`;
}

function slowWord(row: GivenRow): string {
  return `Until the panel is told of ${row.devices} × USB it takes ${lateText(row)}`;
}

function lateText({ moreMs }: GivenRow): string {
  return `${moreMs.toFixed(1)} ms longer at p95 than virsh: ${mostOwnMs} ms is the most.`;
}

function busyRest({ owner, cpuPercent }: Handoffs['idle'][number]): string {
  return `The service at rest, seat with ${owner}, takes ${cpuPercent.toFixed(2)} % CPU: it has to be less than ${idlePercent} %.`;
}

const mostForOne = { give: 0.6, take: 0.8 };
const mostForSeveral = { give: 0.5, take: 0.7 };
const mostReturnMs = 1_000;
const mostOwnMs = 15;
const idlePercent = 0.1;
