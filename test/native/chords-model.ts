import * as fc from 'fast-check';

type Step =
  | { kind: 'add'; device: number; down: string[] }
  | { kind: 'remove'; device: number }
  | { kind: 'table'; seats: number[]; chords: { seat: number; keys: string[] }[] }
  | { kind: 'report'; device: number; changes: string[] }
  | { kind: 'overflow'; device: number; before: string[]; after: string[]; down: string[] };

const device = fc.nat(2);
const seat = fc.nat(1);
const keys = fc.subarray(['a', 'b', 'c']);
const changes = fc.array(fc.constantFrom('a+', 'a-', 'a~', 'b+', 'b-', 'c+', 'c-', 'c~'), {
  maxLength: 3,
});
const chord = fc.record({ seat, keys: fc.subarray(['a', 'b', 'c'], { minLength: 1 }) });

/** Steps on three keyboards and two seats, mostly reports. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('report'), device, changes }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('overflow'),
        device,
        before: changes,
        after: changes,
        down: keys,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('table'),
        seats: fc.tuple(seat, seat, seat),
        chords: fc.array(chord, { maxLength: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('add'), device, down: keys }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), device }) },
  ),
  { minLength: 5, maxLength: 60, size: 'max' },
);

/**
 * The steps as the harness reads them, and what it must answer. The model: a chord fires when a
 * report (or a repair) finds it not whole and leaves it whole. Steps that cannot happen, such as the
 * report of a keyboard that is not there, are left out.
 */
export function walk(all: readonly Step[]): { lines: string[]; answers: string[] } {
  const keyboards = new Map<number, { seat: number | undefined; down: Set<string> }>();
  let chords: { seat: number; keys: string[] }[] = [];
  const lines: string[] = [];
  const answers: string[] = [];

  const isDown = (on: number, key: string) =>
    [...keyboards.values()].some((keyboard) => keyboard.seat === on && keyboard.down.has(key));
  const whole = () => chords.map((each) => each.keys.every((key) => isDown(each.seat, key)));
  const change = (keyboard: { down: Set<string> }, down: Set<string>) => {
    const before = whole();
    keyboard.down = down;
    whole().forEach((is, id) => {
      if (is && before[id] === false) {
        answers.push(`fire ${id}@${chords[id]?.seat}`);
      }
    });
  };

  for (const step of all) {
    if (step.kind === 'table') {
      chords = step.chords;
      keyboards.forEach((keyboard, slot) => (keyboard.seat = step.seats[slot]));
      const routes = [...keyboards.keys()].map((slot) => `${slot}=${step.seats[slot]}`);
      const list = chords.map((each, id) => `${id}@${each.seat}:${each.keys.join('+')}`);
      lines.push(['table', ...routes, ...list].join(' '));
      continue;
    }
    const keyboard = keyboards.get(step.device);
    if (step.kind === 'add') {
      if (keyboard === undefined) {
        keyboards.set(step.device, { seat: undefined, down: new Set(step.down) });
        lines.push(['add', step.device, ...step.down].join(' '));
      }
    } else if (keyboard === undefined) {
      continue;
    } else if (step.kind === 'remove') {
      keyboards.delete(step.device);
      lines.push(`remove ${step.device}`);
    } else if (step.kind === 'report') {
      lines.push([`${step.device}:`, ...step.changes, 'syn'].join(' '));
      change(keyboard, after(keyboard.down, step.changes));
    } else {
      const { before, after: torn, down } = step;
      lines.push([`${step.device}:`, ...before, 'dropped', ...torn, 'syn', '|', ...down].join(' '));
      answers.push(`repair ${step.device}`);
      change(keyboard, new Set(down));
    }
  }
  return { lines, answers };
}

function after(down: ReadonlySet<string>, changes: readonly string[]): Set<string> {
  const result = new Set(down);
  for (const [key = '', sign] of changes) {
    if (sign === '+') {
      result.add(key);
    } else if (sign === '-') {
      result.delete(key);
    }
  }
  return result;
}
