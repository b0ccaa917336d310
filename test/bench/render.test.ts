import { expect, test } from 'vitest';
import { rowLines } from './render.ts';
import type { Row } from './rows.ts';

const row = (name: string, hz: number, p999: number, more: Partial<Row> = {}): Row => ({
  name,
  hz,
  devices: 1,
  blocked: false,
  p50: 7.25,
  p99: 7.5,
  p999,
  max: 1000,
  cpuMsPer100k: 812.4,
  lost: 0,
  ...more,
});

test('rows of one pace stand together, each with its cost over the floor', () => {
  const rows = [
    row('direct', 1000, 10, { cpuMsPer100k: null }),
    row('direct', 8000, 20, { cpuMsPer100k: null }),
    row('floor', 1000, 20),
    row('floor', 8000, 40),
    row('floor', 8000, 50, { blocked: true }),
    row('switchboard', 1000, 25),
    row('switchboard', 8000, 45),
    row('switchboard', 8000, 60, { blocked: true, lost: 3 }),
    row('switchboard', 8000, 45, { devices: 4, blocked: true }),
  ];

  expect(rowLines(rows, 'microseconds')).toEqual([
    '             devices    hz  JavaScript  p50  p99  p999     max  cpu  lost  over-floor',
    'direct             1  1000              7.3  7.5  10.0  1000.0    -     0           -',
    'floor              1  1000              7.3  7.5  20.0  1000.0  812     0        1.00',
    'switchboard        1  1000              7.3  7.5  25.0  1000.0  812     0        1.50',
    'direct             1  8000              7.3  7.5  20.0  1000.0    -     0           -',
    'floor              1  8000              7.3  7.5  40.0  1000.0  812     0        1.00',
    'floor              1  8000     blocked  7.3  7.5  50.0  1000.0  812     0        1.00',
    'switchboard        1  8000              7.3  7.5  45.0  1000.0  812     0        1.25',
    'switchboard        1  8000     blocked  7.3  7.5  60.0  1000.0  812     3        1.33',
    'switchboard        4  8000     blocked  7.3  7.5  45.0  1000.0  812     0           -',
    '',
    'p50 to max  microseconds',
    'cpu         milliseconds of the forwarder for 100,000 reports',
    "over-floor  what it adds to direct's p999, as a multiple of what the floor adds",
  ]);
});
