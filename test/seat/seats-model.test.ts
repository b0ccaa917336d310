/** Whatever is asked, and whichever effect fails, the seats come to what a model of them allows. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Act,
  atStart,
  changed,
  given,
  isAsked,
  type Model,
  type Move,
  movesOf,
  type Name,
  names,
  outcomesOf,
  ownerOf,
  ports,
  type SeatModel,
  takesPlace,
} from './seats-model.ts';
import { allFaults, type Doing, effects, type Place, startPlace } from './seats-with-faults.ts';

async function run(doing: Doing, state: { model: Model }, place: Place): Promise<void> {
  const { act } = doing;
  const before = state.model;
  const model = changed(before, act);
  const handoffs = names.map((name) => place.seat(name).handoffs);
  const { failure, others } = await place.begin(before, model, doing);
  const moves = new Map<Name, Move>();
  for (const [name, to] of movesOf(before, act)) {
    moves.set(name, { to, failure, was: [model.seats[name]] });
  }
  for (const [other, code] of others) {
    for (const [name, to] of movesOf(model, other)) {
      const move = moves.get(name);
      const was = move === undefined ? [] : [given(name, move.to, model).seat];
      const isSame = to === move?.to && other.kind !== 'panic';
      if (move === undefined || (!isSame && takesPlace(other))) {
        moves.set(name, { to, failure: code, was: [model.seats[name], ...was] });
      } else {
        expect(code).toBe(isSame && other.kind !== 'toggle' ? failure : 'busy');
        // A keyboard alone has gone there by itself.
        if (other.kind === 'chord' && name === 'loft') moves.set(name, { ...move, was });
      }
    }
  }
  const allowed = (name: Name): readonly SeatModel[] => {
    const move = moves.get(name);
    if (move === undefined) return [model.seats[name]];
    // What has just come may follow what stays.
    const came = act.kind === 'plug' ? place.failed.map(() => `detach ${ports[act.part]}`) : [];
    return outcomesOf(name, move, model, [...place.failed, ...came]);
  };

  const isUnclear = place.failed.some((each) => /^(take|attached|detach)|(away|lost)$/.test(each));
  for (const [at, name] of isAsked(act) ? names.entries() : []) {
    const move = moves.get(name);
    const seat = place.seat(name);
    expect(seat.handoffs - (handoffs[at] ?? 0)).toBe(move?.was.length ?? 0);
    // What such a failure leaves half way comes home by itself.
    if (isUnclear && move?.failure !== null && move?.to !== 'host') continue;
    expect(allowed(name).map(({ parts }) => parts)).toContainEqual(seat.parts);
  }

  const codes = await place.rest();
  const seats = names.map((name): [Name, SeatModel | undefined] => {
    const move = moves.get(name);
    const code = codes.get(`${name} ${move?.to}`);
    if (move !== undefined && act.kind === 'domain') {
      expect(code).toBeDefined();
      move.failure = code ?? null;
    }
    const { parts, shown } = place.seat(name);
    const views = allowed(name).map((seat) => ({
      owner: ownerOf(name, seat),
      moving: false,
      parts: seat.parts,
    }));
    expect(views).toContainEqual(shown);
    expect(shown.parts).toEqual(parts);
    return [name, allowed(name)[views.findIndex((view) => isDeepStrictEqual(view, shown))]];
  });
  expect(await place.remains()).toEqual([]);
  state.model = { ...model, seats: Object.fromEntries(seats) as Model['seats'] };
}

// Other ways lead to the host.
const to = fc.constantFrom('host', 'win10', 'win11', 'win10', 'win11');
const part = fc.constantFrom(...Object.keys(ports));
const domain = fc.constantFrom('win10', 'win11');
const on = fc.constantFrom('running', 'running', 'paused');
const off = fc.constantFrom('shut off', 'crashed');
const state = fc.oneof(on, on, off);
const panic = fc.record({ kind: fc.constant('panic') });
const isNoticed = fc.boolean();
// What is met seldom is to be met all the same.
const what = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...allFaults) },
  { weight: 1, arbitrary: fc.constant('untilUsable refused') },
);
const fault = fc.option(fc.record({ what, calls: fc.nat(1) }));

function gives(...seats: Name[]): fc.Arbitrary<Act> {
  return fc.record({ kind: fc.constant('give'), seat: fc.constantFrom(...seats), to });
}

function asks(...seats: Name[]): fc.Arbitrary<Act> {
  const kind = fc.constantFrom('toggle', 'chord', 'bring');
  return fc.oneof(gives(...seats), fc.record({ kind, seat: fc.constantFrom(...seats) }));
}

function doings(act: fc.Arbitrary<Act>, ...others: fc.Arbitrary<Act>[]): fc.Arbitrary<Doing> {
  const calls = fc.nat(9);
  const meanwhile = fc.oneof(
    fc.constant(null),
    ...others.map((what) => fc.record({ what, calls })),
  );
  return fc.record({ act, fault, meanwhile, isNoticed });
}

const plugs = fc.record({ kind: fc.constantFrom('plug', 'unplug'), part });
const commands = [
  // One of them has every kind of device.
  ...(['sofa', 'sofa', ...names] as const).map((name) =>
    doings(asks(name), asks(name), asks(name), asks(...names), panic),
  ),
  // Who else asks would have to know who has the seat by then.
  doings(plugs, gives(...names), panic),
  doings(plugs),
  doings(fc.record({ kind: fc.constant('domain'), domain, state })),
  doings(panic),
].map((arbitrary) =>
  arbitrary.map((doing): fc.AsyncCommand<{ model: Model }, Place> => ({
    check: () => true,
    run: (model, place) => run(doing, model, place),
    toString: () => JSON.stringify(doing),
  })),
);

test('seats go as their model does, with a fault at every effect', async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: 'max' }), async (all) => {
      const place = startPlace();
      await place.rest();
      await fc.asyncModelRun(() => ({ model: { model: atStart }, real: place }), all);
      for (const each of place.met) met.add(each);
    }),
    { numRuns: 350 },
  );
  expect(effects.filter((each) => !met.has(each))).toEqual([]);
});
