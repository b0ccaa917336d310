import * as fc from 'fast-check';

/** A plain chord, one that is held for so many milliseconds, or one key that is tapped twice. */
type Chord = { seat: number; keys: string[]; tap: boolean; hold: number };

type Press = { seat: number; key: string; at: number };

/** The first press that may be of a pair, and whether the last was the second of one. */
type Taps = { since: number; paired: boolean };

type Step =
  | { kind: 'add'; device: number; down: string[] }
  | { kind: 'remove'; device: number }
  /** Null: the chords that there were. */
  | { kind: 'table'; seats: number[]; chords: Chord[] | null }
  | { kind: 'report'; device: number; waitMs: number; changes: string[] }
  | {
      kind: 'overflow';
      device: number;
      waitMs: number;
      before: string[];
      after: string[];
      down: string[];
    }
  | { kind: 'tick'; waitMs: number };

const device = fc.nat(2);
const seat = fc.nat(1);
const waitMs = fc.constantFrom(0, 50, 100, 200, 400, 401);
const keys = fc.subarray(['a', 'b', 'c']);
const changes = fc.array(fc.constantFrom('a+', 'a-', 'a~', 'b+', 'b-', 'c+', 'c-', 'c~'), {
  maxLength: 3,
});
const hold = fc.constantFrom(0, 0, 100, 250);
const chord: fc.Arbitrary<Chord> = fc.oneof(
  fc.record({
    seat,
    keys: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    tap: fc.constant(false),
    hold,
  }),
  fc.record({ seat, keys: fc.tuple(fc.constantFrom('a', 'b')), tap: fc.constant(true), hold }),
);

/** Steps on three keyboards and two seats, mostly reports. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('report'), device, waitMs, changes }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('overflow'),
        device,
        waitMs,
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
        chords: fc.option(fc.array(chord, { maxLength: 3 })),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('add'), device, down: keys }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), device }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('tick'), waitMs }) },
  ),
  { minLength: 5, maxLength: 60, size: 'max' },
);

/**
 * The steps as the harness reads them, and what it must answer. The model: a chord is struck when a
 * report (or a repair) finds it not whole and leaves it whole; a tapped one, when its key's press is
 * the second of a pair. What is struck fires, or does so at the first tick after its hold time if it
 * is whole until then. A chord goes on across a new table that has it in its place, if that finds and
 * leaves the same of its keys held. Steps that cannot happen, such as the report of a keyboard that is
 * not there, are left out.
 */
export function walk(all: readonly Step[]): { lines: string[]; answers: string[] } {
  const keyboards = new Map<number, { seat: number | undefined; down: Set<string> }>();
  let chords: (Chord & { due: number | undefined; taps: Taps })[] = [];
  let presses: Press[] = [];
  let now = 1;
  const lines: string[] = [];
  const answers: string[] = [];

  const isDown = (on: number, key: string) =>
    [...keyboards.values()].some((keyboard) => keyboard.seat === on && keyboard.down.has(key));
  const isWhole = (each: Chord) => each.keys.every((key) => isDown(each.seat, key));
  const letGo = () => {
    for (const each of chords) {
      each.due = isWhole(each) ? each.due : undefined;
    }
  };
  const change = (keyboard: { seat: number | undefined; down: Set<string> }, down: Set<string>) => {
    const on = keyboard.seat;
    const wholeBefore = chords.map(isWhole);
    const pressed = ['a', 'b', 'c'].filter(
      (key) => on !== undefined && down.has(key) && !isDown(on, key),
    );
    keyboard.down = down;
    letGo();
    chords.forEach((each, id) => {
      const struck = each.tap
        ? each.seat === on && isPaired(each, presses, pressed, now)
        : isWhole(each) && wholeBefore[id] === false;
      if (struck && each.hold === 0) {
        answers.push(`fire ${id}@${each.seat}`);
      } else if (struck) {
        each.due = now + each.hold;
      }
    });
    presses = [...presses, ...pressed.map((key) => ({ seat: on ?? -1, key, at: now }))];
  };

  for (const step of all) {
    if (step.kind === 'table') {
      const heldIn = (each: Chord) => each.keys.filter((key) => isDown(each.seat, key)).join(' ');
      const held = chords.map(heldIn);
      keyboards.forEach((keyboard, slot) => (keyboard.seat = step.seats[slot]));
      chords = (step.chords ?? chords).map((each, id) => {
        const before = chords[id];
        const isSame = before !== undefined && chordText(before, id) === chordText(each, id);
        const goesOn = isSame && heldIn(each) === held[id];
        return goesOn
          ? before
          : { ...each, due: undefined, taps: { since: presses.length, paired: false } };
      });
      const routes = [...keyboards.keys()].map((slot) => `${slot}=${step.seats[slot]}`);
      lines.push(['table', ...routes, ...chords.map(chordText)].join(' '));
      continue;
    }
    if (step.kind === 'tick') {
      now += step.waitMs;
      lines.push(`tick @${now}`, 'deadline');
      chords.forEach((each, id) => {
        if (each.due === undefined || each.due > now) {
          return;
        }
        each.due = undefined;
        answers.push(`fire ${id}@${each.seat}`);
      });
      const dues = chords.flatMap((each) => each.due ?? []);
      answers.push(`due ${dues.length === 0 ? 0 : Math.min(...dues)}`);
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
      letGo();
      lines.push(`remove ${step.device}`);
    } else if (step.kind === 'report') {
      now += step.waitMs;
      lines.push([`${step.device}:`, `@${now}`, ...step.changes, 'syn'].join(' '));
      change(keyboard, after(keyboard.down, step.changes));
    } else {
      now += step.waitMs;
      const { before, after: torn, down } = step;
      const read = [...before, 'dropped', ...torn, 'syn', '|', ...down];
      lines.push([`${step.device}:`, `@${now}`, ...read].join(' '));
      answers.push(`repair ${step.device}`);
      change(keyboard, new Set(down));
    }
  }
  return { lines, answers };
}

/** Whether the last of these presses is the second of a pair, with nothing between on the seat. */
function isPaired(
  { seat: on, keys: [key], taps }: Chord & { taps: Taps },
  earlier: readonly Press[],
  pressed: readonly string[],
  now: number,
): boolean {
  if (pressed.length === 0) {
    return false;
  }
  const last = earlier.slice(taps.since).findLast((press) => press.seat === on);
  const [only] = pressed;
  const again = last?.key === only && last !== undefined && now - last.at <= 400;
  taps.paired = pressed.length === 1 && only === key && again && !taps.paired;
  return taps.paired;
}

function chordText({ seat: on, keys: all, tap, hold: holdMs }: Chord, id: number): string {
  return [`${id}@${on}:${all.join('+')}`, ...(tap ? ['tap'] : []), `hold=${holdMs}`].join(',');
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
