import * as fc from 'fast-check';

/** What leads from sources to sinks; it changes on the way. */
export interface Table {
  /** The seat of each source. */
  seats: readonly (number | undefined)[];
  /** Whether seat 0 swallows. */
  swallow: boolean;
  /** The keyboard sink of target 2. */
  keyboard: 'k2' | 'k3';
  /** Whether source 1 has a clone at target 1. */
  clone: boolean;
}

/** One line to the router, and what is true outside it from then on. */
export interface Moment {
  line: string;
  /** Keys that are really down on each source. */
  down: readonly ReadonlySet<string>[];
  table: Table;
  /** Sinks that do not take all that there is for them. */
  limited: ReadonlySet<string>;
  /** Keys that went down on a source in this moment, or went up. */
  changes?: { source: number; pressed: readonly string[]; released: readonly string[] };
  /** Such changes wait to be read. */
  late?: boolean;
  removed?: number;
  added?: number;
}

const kinds = ['keyboard', 'combo', 'keyboard'] as const;
const sinks = ['k0', 'p0', 'k1', 'p1', 'k2', 'p2', 'k3', 'c0'] as const;

/** c and d are in no chord; g guards, h is held, t is tapped, y is panic; a button for the combo. */
const keys = ['a', 'b', 'c', 'd', 'g', 'h', 't', 'y'] as const;
export const plain: readonly string[] = ['c', 'd', 'left'];
const rules =
  '7@0:a+b,to=0/1/2,swallow 8@1:a,to=0/1 6@0:g,swallow 5@0:h,hold=20,to=0/2 4@1:t,tap,to=0/2,swallow 9@0:y,panic';

const source = fc.nat(2);
const seat = fc.nat(1);
const target = fc.nat(2);
const toggles = fc.uniqueArray(fc.constantFrom(...keys, ...plain, ...plain), { maxLength: 2 });
const kind = <const Kind extends string>(name: Kind) => fc.constant(name);

const step = fc.oneof(
  { weight: 16, arbitrary: fc.record({ kind: kind('report'), source, toggles }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('release'), source }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('repeat'), source }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('overflow'), source, toggles }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('late'), source, toggles, seat, target }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('move'), seat, target }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('lose'), target: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('busy'), source, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('deaf'), target, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('tick'), waitMs: fc.constantFrom(1, 20, 100) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('replug'), source, toggles }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('table'),
      seats: fc.tuple(
        fc.constant(0),
        fc.constantFrom(0, 0, 1, undefined),
        fc.constantFrom(1, 1, 0),
      ),
      swallow: fc.boolean(),
      keyboard: fc.constantFrom('k2', 'k3'),
      clone: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('room'),
      sink: fc.constantFrom('k1', 'k2', 'k0'),
      room: fc.constantFrom('0', '3', 'all', 'all'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('flood'), source }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** Steps on three sources, two seats and two domains, mostly reports. */
export const steps: fc.Arbitrary<Step[]> = fc.array(step, {
  minLength: 5,
  maxLength: 80,
  size: 'max',
});

/** What the steps say to the router. In the end all keys go up and all that was owed is written. */
export function walk(all: readonly Step[]): Moment[] {
  const down = kinds.map(() => new Set<string>());
  const limited = new Set<string>();
  let table: Table = { seats: [0, 0, 1], swallow: false, keyboard: 'k2', clone: false };
  let nowMs = 1;
  const moments: Moment[] = [];

  const say = (line: string, what: Partial<Moment> = {}) => {
    const state = { down: down.map((each) => new Set(each)), table, limited: new Set(limited) };
    nowMs += 1;
    moments.push({ line, ...state, ...what });
  };
  const keysOf = (slot: number) => down[slot] ?? new Set<string>();
  const toggle = (slot: number, which: readonly string[]) => {
    const has = which.filter((key) => key !== 'left' || slot === 1);
    const pressed = has.filter((key) => !keysOf(slot).has(key));
    const released = has.filter((key) => keysOf(slot).delete(key));
    pressed.forEach((key) => keysOf(slot).add(key));
    const words = [...pressed.map((key) => `${key}+`), ...released.map((key) => `${key}-`)];
    return { words, changes: { source: slot, pressed, released } };
  };
  const report = (slot: number, which: readonly string[]) => {
    const { words, changes } = toggle(slot, which);
    say([`${slot}:`, ...words, 'syn'].join(' '), { changes });
  };
  const plug = (slot: number) => {
    say(['add', slot, kinds[slot], ...keysOf(slot)].join(' '), { added: slot });
  };

  const then: { [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>) => void } = {
    report: (each) => report(each.source, each.toggles),
    release: (each) => report(each.source, [...keysOf(each.source)]),
    repeat: (each) => {
      const words = [...keysOf(each.source)].map((key) => `${key}~`);
      say([`${each.source}:`, ...words, 'syn'].join(' '));
    },
    overflow: (each) => {
      const { words, changes } = toggle(each.source, each.toggles);
      const read = [...words, 'dropped', 'syn', '|', ...keysOf(each.source)];
      say([`${each.source}:`, ...read].join(' '), { changes });
    },
    late: (each) => {
      const { words, changes } = toggle(each.source, each.toggles);
      say([`${each.source}: |`, ...keysOf(each.source)].join(' '), { changes, late: true });
      say(`move ${each.seat} ${each.target}`, { late: true });
      say([`${each.source}:`, ...words, 'syn'].join(' '));
    },
    move: (each) => say(`move ${each.seat} ${each.target}`),
    lose: (each) => say(`lose ${each.target}`),
    busy: (each) => say(`busy ${each.source} ${each.on ? 'on' : 'off'}`),
    deaf: (each) => say(`deaf k${each.target} ${each.on ? 'on' : 'off'}`),
    tick: (each) => {
      nowMs += each.waitMs;
      say(`tick @${nowMs}`);
    },
    replug: (each) => {
      keysOf(each.source).clear();
      say(`remove ${each.source}`, { removed: each.source });
      toggle(each.source, each.toggles);
      plug(each.source);
      say(tableText(table));
    },
    table: ({ seats, swallow, keyboard, clone }) => {
      table = { seats, swallow, keyboard: keyboard === 'k3' ? 'k3' : 'k2', clone };
      say(tableText(table));
    },
    room: (each) => {
      if (each.room === 'all') {
        limited.delete(each.sink);
      } else {
        limited.add(each.sink);
      }
      say(`room ${each.sink} ${each.room}`);
    },
    flood: (each) => {
      const words = Array.from({ length: 100 }, () => 'e+ syn e- syn');
      say([`${each.source}:`, ...words].join(' '), {
        changes: { source: each.source, pressed: ['e'], released: ['e'] },
      });
    },
  };

  kinds.forEach((_kind, slot) => plug(slot));
  say(tableText(table));
  for (const each of all) {
    // The map has one for each kind, which is more than the compiler can follow.
    (then[each.kind] as (step: Step) => void)(each);
  }
  kinds.forEach((_kind, slot) => report(slot, [...keysOf(slot)]));
  for (const sink of sinks) {
    limited.delete(sink);
    say(`room ${sink} all`);
  }
  return moments;
}

function tableText({ seats, swallow, keyboard, clone }: Table): string {
  const routes = seats.flatMap((on, slot) => (on === undefined ? [] : [`${slot}=${on}`]));
  const targets = ['t0=k0/p0', 't1=k1/p1', `t2=${keyboard}/p2`, ...(clone ? ['1@1=c0'] : [])];
  const seatRules = [`s0=direct${swallow ? '+swallow' : ''}`, 's1=direct'];
  return ['table', ...routes, ...targets, ...seatRules, rules].join(' ');
}
