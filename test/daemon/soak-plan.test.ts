import { expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { deskAfter, deskAtStart, domainPorts, ownerOf, seatDevices, textOf } from './soak-desk.ts';
import { planSoak } from './soak-plan.ts';

const soak = (seed: number, count = 2000) => planSoak(randomFrom(seed), count);

test('a seed brings the same soak back, and another one another', () => {
  expect(soak(7)).toEqual(soak(7));
  const short = soak(7, 100);
  expect(short).toEqual(soak(7).slice(0, short.length));
  expect(soak(7).map(textOf)).not.toEqual(soak(8).map(textOf));
});

test('so many of its steps are faults, and the last is one', () => {
  const asks = ['give', 'chord', 'panic', 'empty', 'resume', 'start domain'];
  const faults = soak(7, 300).map(({ kind }) => !asks.includes(kind));
  expect(faults.filter(Boolean)).toHaveLength(300);
  expect(faults.at(-1)).toBe(true);
});

test('a soak has every kind of step, also a short one', () => {
  expect([...new Set(soak(7, 300).map(({ kind }) => kind))].toSorted()).toEqual([
    'chord',
    'clash',
    'empty',
    'fill',
    'give',
    'kill QEMU',
    'kill libvirtd',
    'kill service',
    'panic',
    'pause',
    'plug',
    'resume',
    'start domain',
    'start libvirtd',
    'swap',
    'unplug',
  ]);
});

test('whatever happens, the domain has only what is plugged in, of the seat and has a port', () => {
  let desk = deskAtStart;
  for (const step of soak(7)) {
    desk = deskAfter(desk, step);
    expect(desk.held.isSubsetOf(new Set(seatDevices(desk)))).toBe(true);
    expect(desk.held.size + desk.filled).toBeLessThanOrEqual(domainPorts);
    if (ownerOf(desk) === 'host') expect(desk.held.size).toBe(0);
    if (desk.domain === 'shut off') expect(ownerOf(desk)).toBe('host');
  }
});
