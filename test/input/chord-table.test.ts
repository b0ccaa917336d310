import { expect, test } from 'vitest';
import type { ChordSetting } from '../../src/config/chord-setting.ts';
import type { Config } from '../../src/config/schema.ts';
import { chordTable, targetsOf } from '../../src/input/chord-table.ts';
import { chord, chords, seat } from './seats.ts';

const win10 = seat('desk', { domains: ['win10'] });
const both = seat('sofa', { domains: ['win11', 'win10'] });

const plain = { taps: 1, holdMs: 0, swallow: true };
const panicOf = (of: number) => ({ ...plain, keys: [29, 56, 119], seat: of, panic: true });
const toggleOf = (of: number) => ({ ...plain, keys: [29, 97], seat: of, panic: false });
const guardOf = (of: number) => ({ ...plain, keys: [125, 126], seat: of, panic: false });

test.each<{ domains: string[][]; targets: string[]; reason: string }>([
  { domains: [], targets: ['host'], reason: 'there is no seat' },
  { domains: [['win10']], targets: ['host', 'win10'], reason: 'one seat has one domain' },
  {
    domains: [
      ['win10', 'linux'],
      ['win11', 'win10'],
    ],
    targets: ['host', 'win10', 'linux', 'win11'],
    reason: 'two seats share a domain',
  },
])('targets are $targets when $reason', ({ domains, targets }) => {
  const seats = domains.map((names, number) => seat(`${number}`, { domains: names }));
  expect(targetsOf({ seats })).toEqual(targets);
});

test('each seat has panic, toggle, its own chords and the guard, each by a number', () => {
  const gives: Config['chords']['gives'] = [
    { ...chord(125, 59), seat: 'sofa', to: ['win10'] },
    { ...chord(125, 60), seat: 'sofa', to: ['host', 'win11', 'win10'] },
    { ...chord(125, 61), seat: 'desk', to: ['host'] },
  ];
  const table = chordTable({ seats: [win10, both], chords: { ...chords, gives } });
  expect(table).toEqual([
    { id: 0, ...panicOf(0), targets: [] },
    { id: 1, ...toggleOf(0), targets: [0, 1] },
    { id: 2, ...plain, keys: [125, 61], seat: 0, panic: false, targets: [0] },
    { id: 3, ...guardOf(0), targets: [] },
    { id: 4, ...panicOf(1), targets: [] },
    { id: 5, ...toggleOf(1), targets: [0, 2] },
    { id: 6, ...plain, keys: [125, 59], seat: 1, panic: false, targets: [1] },
    { id: 7, ...plain, keys: [125, 60], seat: 1, panic: false, targets: [0, 2, 1] },
    { id: 8, ...guardOf(1), targets: [] },
  ]);
});

test('without seats there is no chord', () => {
  expect(chordTable({ seats: [], chords })).toEqual([]);
});

test.each<{ how: Partial<ChordSetting> & { taps?: 1 | 2 }; shown: object }>([
  { how: { holdMs: 500 }, shown: { taps: 1, holdMs: 500, swallow: true } },
  { how: { swallow: false }, shown: { taps: 1, holdMs: 0, swallow: false } },
  { how: { taps: 2 }, shown: { taps: 2, holdMs: 0, swallow: true } },
])('a chord with $how is pressed like that', ({ how: { taps = 1, ...how }, shown }) => {
  const { keys } = chord(29);
  const setting = { ...chord(29), ...how, keys: { ...keys, taps } };
  const table = chordTable({
    seats: [win10],
    chords: {
      panic: setting,
      toggle: setting,
      gives: [{ ...setting, seat: 'desk', to: ['host'] }],
    },
  });
  expect(table.slice(0, 3)).toMatchObject([shown, shown, shown]);
  expect(table[3]).toMatchObject({ id: 3, ...guardOf(0) });
});
