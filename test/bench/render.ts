import { columns } from './columns.ts';
import { costOverFloor, type Row } from './rows.ts';

/** The rows with those of one pace together, and below them what the columns are. */
export function rowLines(rows: readonly Row[], unit: string): string[] {
  const ordered = rows.toSorted((a, b) => a.devices - b.devices || a.hz - b.hz);
  const cells = ordered.map((row) => rowCells(row, rows));
  return [...columns(headings, cells), '', `p50 to max  ${unit}`, ...legend];
}

const headings = ' devices hz JavaScript p50 p99 p999 max cpu lost over-floor'.split(' ');

const legend = [
  'cpu         milliseconds of the forwarder for 100,000 reports',
  "over-floor  what it adds to direct's p999, as a multiple of what the floor adds",
];

function rowCells(row: Row, rows: readonly Row[]): string[] {
  return [
    row.name,
    `${row.devices}`,
    `${row.hz}`,
    row.blocked ? 'blocked' : '',
    ...[row.p50, row.p99, row.p999, row.max].map((us) => us.toFixed(1)),
    row.cpuMsPer100k?.toFixed(0) ?? '-',
    `${row.lost}`,
    costOverFloor(row, rows)?.toFixed(2) ?? '-',
  ];
}
