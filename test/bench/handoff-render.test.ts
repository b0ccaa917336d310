import { expect, test } from 'vitest';
import { besideLines, rowLines } from './handoff-render.ts';

test('the rows stand in a table, with what the columns are below', () => {
  const give = { devices: 1, direction: 'give' } as const;
  expect(
    rowLines([
      { name: 'virsh', ...give, medianMs: 613, p95Ms: 1000.25, ratio: 1 },
      { name: 'handglass', ...give, medianMs: 287.4, p95Ms: 300, ratio: 0.469 },
    ]),
  ).toEqual([
    '           devices  direction  median     p95  ratio',
    'virsh            1       give   613.0  1000.3   1.00',
    'handglass        1       give   287.4   300.0   0.47',
    '',
    'median, p95  milliseconds until the last USB device was there',
    'ratio        of the median to that of virsh',
  ]);
});

test('what was measured beside stands in sentences', () => {
  const give = { devices: 1, direction: 'give' } as const;
  const measured = {
    samples: [
      { name: 'virsh', ...give, ms: 255, toldMs: 300 } as const,
      ...[1, 2, 3.04].map(
        (inputMs) =>
          ({ name: 'handglass', ...give, ms: 9, toldMs: inputMs + 250, inputMs }) as const,
      ),
    ],
    returnMs: [400, 500, 600],
    guestCalls: [100, 130, 260].map((ms) => ({ devices: 1, ms })),
    idle: [{ owner: 'host', cpuPercent: 0.051, wakeupsPerSecond: 1.26 }],
  };
  expect(besideLines(measured)).toEqual([
    'input back: 2.0 ms after the chord, p95 3.0 ms',
    'device plugged in anew, in the domain: 500.0 ms after a driver had it, p95 600.0 ms',
    "1 × USB given: 130.0 ms after a guest's call, p95 260.0 ms, 5.0 ms more than with virsh",
    '1 × USB told of: 252.0 ms after the chord, p95 253.0 ms, 47.0 ms less than with virsh',
    'service at rest, seat with host: CPU 0.05 %, 1.3 wake-ups in a second',
  ]);
});
