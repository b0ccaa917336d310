/** What the input benchmark measures, and how its numbers compare. */

export interface Forwarder {
  name: string;
  /** For sh, in the checkout; `{source}` stands for the event nodes. Without one nobody forwards. */
  command?: string;
  env?: Record<string, string>;
  /** Whether it blocks itself when told to; unless given, a command of node does. */
  blocks?: boolean;
}

/** One measurement: so many reports on each device at this pace. */
export interface Case {
  hz: number;
  reports: number;
  devices: number;
  /** The forwarder blocks its JavaScript, or another thread in its place, for 50 ms in every 500. */
  blocked: boolean;
}

/** Latencies in microseconds; CPU time in milliseconds for 100,000 reports, where somebody forwards. */
export interface Measured {
  p50: number;
  p99: number;
  p999: number;
  max: number;
  cpuMsPer100k: number | null;
  lost: number;
}

export interface Row extends Measured {
  name: string;
  hz: number;
  devices: number;
  blocked: boolean;
}

/** What was measured, and a sentence for each measurement that failed. */
export interface Outcome {
  rows: Row[];
  failures: string[];
}

export const direct: Forwarder = { name: 'direct' };
export const floor: Forwarder = {
  name: 'floor',
  command: 'native/build/floor {source}',
  blocks: true,
};

const switchboard = 'node test/bench/switchboard.ts {source}';

export const virtualForwarders: readonly Forwarder[] = [
  direct,
  floor,
  { name: 'host', command: `${switchboard} --host`, blocks: false },
  { name: 'switchboard', command: switchboard },
  { name: 'switchboard-fifo', command: switchboard, env: { HANDGLASS_BENCH_FIFO: '1' } },
];

/** With pipes in place of devices. */
export const realForwarders: readonly Forwarder[] = [
  { name: 'floor', command: 'native/build/floor -' },
  { name: 'floor-fifo', command: 'native/build/floor --fifo -' },
  { name: 'switchboard', command: 'native/build/pipes' },
  { name: 'switchboard-fifo', command: 'native/build/pipes --fifo' },
];

export const paces = [
  { hz: 1000, reports: 20_000, devices: 1 },
  { hz: 8000, reports: 40_000, devices: 1 },
] as const;
const four = { hz: 8000, reports: 40_000, devices: 4 };

/** A peer need not be able to forward several devices. */
export function casesOf(forwarder: Forwarder, isPeer: boolean): Case[] {
  const blocks = forwarder.blocks ?? /^(\S*\/)?node\s/.test(forwarder.command ?? '');
  return [
    ...paces.map((pace) => ({ ...pace, blocked: false })),
    ...(blocks ? paces.map((pace) => ({ ...pace, blocked: true })) : []),
    ...(isPeer ? [] : [{ ...four, blocked: blocks }]),
  ];
}

export function caseText({ name }: Forwarder, { hz, devices, blocked }: Case): string {
  return `${name}, ${devices} × ${hz} Hz${blocked ? ', JavaScript blocked' : ''}`;
}

/** A row out of what the measuring program printed. */
export function rowOf(name: string, { hz, devices, blocked }: Case, printed: string): Row {
  return { name, hz, devices, blocked, ...(JSON.parse(printed) as Measured) };
}

/**
 * What a row adds to the direct way's p999, as a multiple of what the floor adds in the same case;
 * undefined where either is not among the rows.
 */
export function costOverFloor(row: Row, rows: readonly Row[]): number | undefined {
  const base = (name: string) =>
    rows.find(({ name: other, hz, devices, blocked }) => {
      const isSameCase = blocked === (row.blocked && name !== direct.name);
      return other === name && hz === row.hz && devices === row.devices && isSameCase;
    });
  const [least, less] = [base(direct.name), base(floor.name)];
  if (row.name === direct.name || least === undefined || less === undefined) return undefined;
  return (row.p999 - least.p999) / (less.p999 - least.p999);
}
