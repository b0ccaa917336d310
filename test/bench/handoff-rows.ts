/** What the handoff benchmark measures, and how its numbers compare. */

export type Direction = 'give' | 'take';

/** One handoff. */
export interface Sample {
  name: 'virsh' | 'handglass';
  devices: number;
  direction: Direction;
  /** From the start until the last USB device is there. */
  ms: number;
  /** Until virsh had said so; or until those who follow the service, as the panel does, were told of the whole seat. */
  toldMs: number;
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
  /** How much longer it is at p95 than with virsh for as many. */
  moreMs: number;
}

/** After a guest's call until they are there. */
export function callRows({ samples, guestCalls }: Measured): GivenRow[] {
  return givenRows(guestCalls, givenBy('virsh', samples, 'ms'));
}

/** After the chord until it is told that they are there. */
export function toldRows({ samples }: Measured): GivenRow[] {
  const [own, virsh] = (['handglass', 'virsh'] as const).map((name) =>
    givenBy(name, samples, 'toldMs'),
  );
  return givenRows(own ?? [], virsh ?? []);
}

interface Measured {
  samples: readonly Sample[];
  guestCalls: readonly Given[];
}

function givenBy(name: Sample['name'], samples: readonly Sample[], until: 'ms' | 'toldMs') {
  return samples
    .filter((sample) => sample.name === name && sample.direction === 'give')
    .map((sample): Given => ({ devices: sample.devices, ms: sample[until] }));
}

function givenRows(given: readonly Given[], byVirsh: readonly Given[]): GivenRow[] {
  const msOf = (all: readonly Given[], devices: number) =>
    all.filter((each) => each.devices === devices).map(({ ms }) => ms);
  return [...new Set(given.map(({ devices }) => devices))].map((devices) => {
    const ms = msOf(given, devices);
    const virsh = msOf(byVirsh, devices);
    return { devices, ms, moreMs: percentile(ms, 0.95) - percentile(virsh, 0.95) };
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
