import { expect, test } from 'vitest';
import { failuresOf } from './handoff-limits.ts';
import type { Direction, Row, Sample } from './handoff-rows.ts';

const row = (name: Row['name'], devices: number, direction: Direction, ratio: number): Row => ({
  name,
  devices,
  direction,
  medianMs: 100,
  p95Ms: 200,
  ratio,
});

const all = (ratios: [number, number, number, number], more: number) => ({
  rows: [
    row('virsh', 1, 'give', 1),
    row('virsh', 3, 'give', 1),
    row('handglass', 1, 'give', ratios[0]),
    row('handglass', 1, 'take', ratios[1]),
    row('handglass', 3, 'give', ratios[2]),
    row('handglass', 3, 'take', ratios[3]),
  ],
  samples: [1, 3].flatMap((devices): Sample[] => [
    { name: 'virsh', devices, direction: 'give', ms: 100, toldMs: 200 },
    { name: 'handglass', devices, direction: 'give', ms: 1, toldMs: 215 + more },
  ]),
  returnMs: [1, 1_000 + more],
  guestCalls: [1, 3].map((devices) => ({ devices, ms: 115 + more })),
  idle: [{ owner: 'host', cpuPercent: more === 0 ? 0.099 : 0.1, wakeupsPerSecond: 1 }],
});

test('what is within its limits is no failure', () => {
  const { rows, ...beside } = all([0.6, 0.8, 0.5, 0.7], 0);
  expect(failuresOf(beside, rows)).toEqual([]);
});

test('each measurement over its limit is a sentence', () => {
  const { rows, ...beside } = all([0.601, 0.801, 0.501, 0.701], 1);
  expect(failuresOf(beside, rows)).toEqual([
    "A give of 1 × USB takes 0.601 of virsh's time: 0.6 is the most.",
    "A take of 1 × USB takes 0.801 of virsh's time: 0.8 is the most.",
    "A give of 3 × USB takes 0.501 of virsh's time: 0.5 is the most.",
    "A take of 3 × USB takes 0.701 of virsh's time: 0.7 is the most.",
    'A device plugged in anew takes 1001.0 ms at p95: 1000 ms is the most.',
    "A guest's call for 1 × USB takes 16.0 ms longer at p95 than virsh: 15 ms is the most.",
    "A guest's call for 3 × USB takes 16.0 ms longer at p95 than virsh: 15 ms is the most.",
    'Until the panel is told of 1 × USB it takes 16.0 ms longer at p95 than virsh: 15 ms is the most.',
    'Until the panel is told of 3 × USB it takes 16.0 ms longer at p95 than virsh: 15 ms is the most.',
    'The service at rest, seat with host, takes 0.10 % CPU: it has to be less than 0.1 %.',
  ]);
});
