/** Who is to have what of three seats, whatever is asked of them and befalls them: plain data. */
import type { Seat } from '../../src/config/schema.ts';
import { seatWith, seatWithKeyboard } from './world.ts';

export const names = ['desk', 'sofa', 'loft'] as const;
export type Name = (typeof names)[number];
/** `host` or a domain. */
export type Owner = string;
/** `starting`: paused, and not yet seen to run. */
type State = 'running' | 'paused' | 'starting' | 'shut off' | 'crashed';

export const ports: Record<string, string> = { MOUSE: '1-1', STICK: '1-2', PAD: '1-3' };
export const drive = '/dev/sr0';
export const configured: Record<Name, Seat> = {
  desk: { ...seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK'), onStart: 'give' },
  sofa: {
    ...seatWithKeyboard('sofa', ['win11', 'win10'], 'PAD'),
    optical: [drive],
    onStart: 'take',
    onPause: 'stay',
  },
  loft: seatWithKeyboard('loft', ['win10']),
};

export interface SeatModel {
  /** Who has each device; null while it is not plugged in. */
  parts: Readonly<Record<string, Owner | null>>;
  /** Who keeps the seat while all its USB devices are pulled out. */
  keeper: Owner;
}

export interface Model {
  domains: Readonly<Record<string, State>>;
  seats: Readonly<Record<Name, SeatModel>>;
}

/** A move, once it is known what became of it. */
export interface Move {
  to: Owner;
  /** Null where it has not failed. */
  failure: string | null;
  /** Where the seat may be if it goes nowhere: one more for each handoff that this has followed on. */
  was: readonly SeatModel[];
}

export type Act =
  | { kind: 'give'; seat: Name; to: Owner }
  | { kind: 'toggle' | 'chord' | 'bring'; seat: Name }
  | { kind: 'panic' }
  | { kind: 'domain'; domain: string; state: Exclude<State, 'starting'> }
  /** What is plugged in already is so anew. */
  | { kind: 'unplug' | 'plug'; part: string };

/** Whether it asks something of a seat or all. */
export function isAsked(act: Act): boolean {
  return 'seat' in act || act.kind === 'panic';
}

/** Whether it waits for no turn while its seat is on the way to somewhere else. */
export function takesPlace({ kind }: Act): boolean {
  return kind === 'panic' || kind === 'chord' || kind === 'bring';
}

export const atStart: Model = {
  domains: { win10: 'running', win11: 'running' },
  seats: {
    desk: { parts: { MOUSE: 'host', STICK: 'host' }, keeper: 'host' },
    sofa: { parts: { Keyboard: 'host', PAD: 'host', [drive]: 'host' }, keeper: 'host' },
    loft: { parts: { Keyboard: 'host' }, keeper: 'host' },
  },
};

export function ownerOf(name: Name, { parts, keeper }: SeatModel): Owner {
  const { Keyboard: input = 'host' } = parts;
  const holder = configured[name].domains.find((each) => Object.values(parts).includes(each));
  return input === 'host' || input === null ? (holder ?? keeper) : input;
}

/** Which seats are to go where. */
export function movesOf(model: Model, act: Act): Map<Name, Owner> {
  return new Map(
    names.flatMap((name) => {
      const to = targetOf(name, ownerOf(name, model.seats[name]), model, act);
      return to === null ? [] : [[name, to]];
    }),
  );
}

/** What it comes to before any seat moves for it. */
export function changed({ domains, seats }: Model, act: Act): Model {
  if (act.kind === 'domain') {
    const freed = (holder: Owner | null) => (holder === act.domain ? 'host' : holder);
    return {
      domains: { ...domains, [act.domain]: stateAfter(domains[act.domain], act.state) },
      seats: isOn(act.state)
        ? seats
        : eachSeat((name) => ({ ...seats[name], parts: eachPart(seats[name].parts, freed) })),
    };
  }
  if (act.kind !== 'plug' && act.kind !== 'unplug') return { domains, seats };
  const without = (name: Name) => holding(name, seats[name], { [act.part]: null });
  // It goes to whoever has its seat.
  const back = (name: Name, seat: SeatModel) =>
    holding(name, seat, { [act.part]: ownerOf(name, seat) });
  return {
    domains,
    seats: eachSeat((name) => {
      if (!(act.part in seats[name].parts)) return seats[name];
      return act.kind === 'unplug' ? without(name) : back(name, without(name));
    }),
  };
}

/** All of a seat goes, or nothing. */
export function given(
  name: Name,
  to: Owner,
  { domains, seats }: Model,
): { failure: string | null; seat: SeatModel } {
  const seat = seats[name];
  const isAbsent = Object.values(seat.parts).every((holder) => holder === null);
  if (to !== 'host' && !isOn(domains[to])) return { failure: 'domain-not-running', seat };
  if (to !== 'host' && isAbsent) return { failure: 'device-absent', seat };
  const parts = eachPart(seat.parts, (holder) => (holder === null ? null : to));
  return { failure: null, seat: holding(name, { parts, keeper: to }, {}) };
}

/**
 * Where a seat may be after a move: there as a whole, else at home or where it was; nowhere if what
 * became of it is not what it was to come to.
 *
 * @param faults the calls that have failed, each with how
 */
export function outcomesOf(
  name: Name,
  { to, failure, was }: Move,
  model: Model,
  faults: readonly string[],
): readonly SeatModel[] {
  const { seat: there, failure: refusal } = given(name, to, model);
  const { seat: home } = given(name, 'host', model);
  if ((failure === null || faults.length === 0) && failure !== refusal) return [];
  if (faults.includes(`input ${name} to ${to} deaf`)) {
    // The domain has all but the keyboard, which it does not read.
    const isAlone = Object.entries(there.parts).every(
      ([part, at]) => part === 'Keyboard' || at === null,
    );
    if ((failure === 'domain-deaf') !== isAlone) return [];
    if (!isAlone) return [having(there, 'Keyboard', 'host')];
  }
  if (failure === null) return [there];
  if (to === 'host') {
    // Each device is tried, whatever becomes of the others.
    const staying = ({ parts }: SeatModel) =>
      Object.entries(parts).filter(([part]) => faults.some((each) => keeps(each, part)));
    const kept = was.map((seat) => holding(name, { ...home, keeper: ownerOf(name, seat) }, {}));
    return mixed([home, ...kept], was.flatMap(staying));
  }
  // What is refused before anything moves leaves the seat where it is.
  const isKept = configured[name].optical.length === 0 && was.length === 1;
  if (isKept && faults.some((each) => each.startsWith('checkUsb '))) return was;
  // What was left behind may have followed, but nothing leaves.
  const hadIt = was.every((seat) => ownerOf(name, seat) === to);
  if (hadIt) return mixed(was, Object.entries(there.parts));
  return faults.length === 0 && was.length === 1 ? was : [...was, home];
}

/** These, and all that comes of it when any of the parts are held so. */
function mixed(seats: readonly SeatModel[], parts: readonly [string, Owner | null][]): SeatModel[] {
  return parts.reduce(
    (outcomes, [part, holder]) => outcomes.flatMap((seat) => [seat, having(seat, part, holder)]),
    [...seats],
  );
}

function having(seat: SeatModel, part: string, holder: Owner | null): SeatModel {
  return { ...seat, parts: { ...seat.parts, [part]: holder } };
}

/** Whether a device may not have left a domain for this. */
function keeps(fault: string, part: string): boolean {
  if (/^(takeUsb|attached) /.test(fault)) return part in ports;
  if (fault.startsWith('takeDrives ')) return part === drive;
  return fault.startsWith('detach ') && fault.includes(ports[part] ?? part);
}

function targetOf(name: Name, owner: Owner, { domains }: Model, act: Act): Owner | null {
  const { onStart, onPause, domains: own } = configured[name];
  if (act.kind === 'panic') return 'host';
  if (act.kind === 'domain') {
    const was = domains[act.domain];
    const isStart = act.state === 'running' && was !== 'running' && was !== 'paused';
    const isWanted =
      (onStart === 'take' && owner !== act.domain) || (onStart === 'give' && owner === 'host');
    if (isStart && isWanted && own.includes(act.domain)) return act.domain;
    const isPause = act.state === 'paused' && was === 'running' && onPause === 'host';
    return owner === act.domain && (isPause || !isOn(act.state)) ? 'host' : null;
  }
  if (!('seat' in act) || act.seat !== name) return null;
  if (act.kind === 'give') return ['host', ...own].includes(act.to) ? act.to : null;
  if (act.kind === 'bring' || owner !== 'host') return 'host';
  const [first = 'host'] = own;
  // Of a keyboard alone the switchboard sees to it, which sends nothing to what reads nothing.
  return act.kind === 'chord' && name === 'loft' && !isOn(domains[first]) ? null : first;
}

function holding(name: Name, seat: SeatModel, now: SeatModel['parts']): SeatModel {
  const parts = { ...seat.parts, ...now };
  const usb = Object.keys(parts).filter((part) => part in ports);
  const isOut = usb.length > 0 && usb.every((part) => parts[part] === null);
  return { parts, keeper: isOut ? ownerOf(name, seat) : 'host' };
}

function isOn(state: State | undefined): boolean {
  return state === 'running' || state === 'paused' || state === 'starting';
}

function stateAfter(was: State | undefined, now: State): State {
  return now === 'paused' && was !== 'running' && was !== 'paused' ? 'starting' : now;
}

function eachSeat(change: (name: Name) => SeatModel): Model['seats'] {
  return { desk: change('desk'), sofa: change('sofa'), loft: change('loft') };
}

function eachPart(
  parts: SeatModel['parts'],
  change: (holder: Owner | null) => Owner | null,
): SeatModel['parts'] {
  return Object.fromEntries(Object.entries(parts).map(([part, holder]) => [part, change(holder)]));
}
