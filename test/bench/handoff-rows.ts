/** What the handoff benchmark measures, and how its numbers compare. */

export type Direction = 'give' | 'take';

/** One handoff. */
export interface Sample {
  name: 'virsh' | 'handglass';
  devices: number;
  direction: Direction;
  /** From the start until the last USB device is there. */
  ms: number;
  /** Until those who follow the service, as the panel does, were told that the whole seat is there. */
  toldMs?: number;
  /** Until the input devices had left the guest, where they were brought back. */
  inputMs?: number;
}

export interface Row {
  name: Sample['name'];
  devices: number;
  direction: Direction;
  medianMs: number;
  p95Ms: number;
  /** Of the median to that of virsh with as many devices the same way. */
  ratio: number;
}

/** A row for each kind of sample, in the order in which they first come. Each needs one of virsh. */
export function rowsOf(samples: readonly Sample[]): Row[] {
  const kinds = Map.groupBy(samples, ({ name, devices, direction }) =>
    [name, devices, direction].join(),
  );
  const medians = new Map([...kinds].map(([kind, own]) => [kind, median(own.map(msOf))]));
  return [...kinds].flatMap(([kind, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { name, devices, direction } = first;
    const medianMs = medians.get(kind) ?? Number.NaN;
    const baseMs = medians.get(['virsh', devices, direction].join()) ?? Number.NaN;
    const p95Ms = rounded(percentile(own.map(msOf), 0.95), 1);
    const ratio = rounded(medianMs / baseMs, 3);
    return [{ name, devices, direction, medianMs: rounded(medianMs, 1), p95Ms, ratio }];
  });
}

/** How long something took with so many devices given. */
export interface Given {
  devices: number;
  ms: number;
}

export interface GivenRow {
  devices: number;
  ms: readonly number[];
  /** How much longer it is at p95 than virsh's median for as many. */
  moreMs: number;
}

/** Until it was told that they are there, after the chord. */
export function toldOf(samples: readonly Sample[]): Given[] {
  return samples.flatMap(({ direction, devices, toldMs }) =>
    direction === 'take' || toldMs === undefined ? [] : [{ devices, ms: toldMs }],
  );
}

/** @param rows those of virsh among them */
export function givenRowsOf(given: readonly Given[], rows: readonly Row[]): GivenRow[] {
  return [...Map.groupBy(given, ({ devices }) => devices)].map(([devices, own]) => {
    const ms = own.map((each) => each.ms);
    const virsh = rows.find(
      (row) => row.name === 'virsh' && row.devices === devices && row.direction === 'give',
    );
    return { devices, ms, moreMs: percentile(ms, 0.95) - (virsh?.medianMs ?? Number.NaN) };
  });
}

/** Of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return (
    (percentile(values, 0.5) +
      -percentile(
        values.map((value) => -value),
        0.5,
      )) /
    2
  );
}

/** The smallest of the values that at least this share of them does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

const msOf = ({ ms }: Sample) => ms;

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
