import { expect, test } from 'vitest';
import { idleBetween, lookFrom } from './handoff-idle.ts';

const printed = (uptime: string, utime: number, stime: number, ...sleeps: number[]) =>
  [
    `${uptime} 1234.56`,
    `41 (handglass (1) x) S 1 41 41 0 -1 4194560 5000 0 1 0 ${utime} ${stime} 0 0 20 0 11 0 3000`,
    ...sleeps.flatMap((count) => [
      'Name:\thandglass',
      `voluntary_ctxt_switches:\t${count}`,
      'nonvoluntary_ctxt_switches:\t99',
    ]),
  ].join('\n');

test('a look counts the time and the sleeps of all threads', () => {
  expect(lookFrom(printed('100.50', 150, 50, 10, 20))).toEqual({
    uptime: 100.5,
    cpu: 2,
    sleeps: 30,
  });
});

test('between two looks it is what each second took', () => {
  const before = lookFrom(printed('100.00', 150, 50, 10, 20));
  const after = lookFrom(printed('160.00', 155, 51, 40, 50));
  const { cpuPercent, wakeupsPerSecond } = idleBetween(before, after);
  expect(cpuPercent).toBeCloseTo(0.1);
  expect(wakeupsPerSecond).toBeCloseTo(1);
});
