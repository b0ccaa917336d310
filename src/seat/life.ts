/**
 * What becomes of a seat when a domain starts, ends or is paused: what libvirt says now against what
 * it said at the last reading. Its events do not tell what happened before they were followed, or
 * while libvirt was away.
 */
import type { Seat } from '../config/schema.ts';
import type { Domain } from '../domain/domain.ts';

/**
 * `starting`: paused since it was made, as every domain is for a moment. `unknown`: nobody could be asked yet, and
 * it may have run all the while.
 */
export type Life = 'off' | 'starting' | 'running' | 'paused' | 'unknown';

/** A domain that is not in it is off. */
export type Lives = ReadonlyMap<string, Life>;

/** A move that nobody asked for by name. */
export interface Wish {
  seat: string;
  /** Who had the seat: if that is another one meanwhile, the wish is void. */
  from: string;
  to: string;
  why: string;
}

/**
 * @param before null at the first reading, when what is paused may have run before
 * @param anew the domains whose process is another than before
 */
export function livesOf(
  domains: readonly Domain[],
  before: Lives | null,
  anew: ReadonlySet<string> = new Set(),
): Lives {
  const was = (name: string): Life => {
    if (anew.has(name)) return 'off';
    return before === null ? 'unknown' : (before.get(name) ?? 'off');
  };
  return new Map(
    domains.map(({ name, state }) => [
      name,
      state === 'no state' ? (before?.get(name) ?? 'unknown') : lifeOf(state, was(name)),
    ]),
  );
}

/** As before the first reading: what is on then may have been so all the while. */
export function allUnknown(lives: Lives): Lives {
  return new Map([...lives.keys()].map((domain) => [domain, 'unknown']));
}

/**
 * A domain that ends takes precedence over one that is paused, and one that starts over both, where
 * the configuration lets it have the seat.
 *
 * @param owner who had the seat at the last reading, and who has it now
 * @param anew the domains that have ended since, and started again
 */
export function wishFor(
  seat: Seat,
  owner: { was: string; is: string },
  before: Lives,
  after: Lives,
  anew: ReadonlySet<string> = new Set(),
): Wish | null {
  const home = wayHome(seat, owner, before, after, anew);
  const from = home?.to ?? owner.is;
  const starts = seat.onStart === 'take' || (seat.onStart === 'give' && from === 'host');
  const started = seat.domains.find(
    (domain) => hasStarted(domain, before, after) || (anew.has(domain) && isOn(domain, after)),
  );
  if (!starts || started === undefined || started === owner.is) return home;
  return { seat: seat.name, from: owner.is, to: started, why: `${started} has started` };
}

function lifeOf(state: Exclude<Domain['state'], 'no state'>, was: Life): Life {
  if (state !== 'paused') return lives[state];
  return was === 'off' || was === 'starting' ? 'starting' : 'paused';
}

const lives = {
  running: 'running',
  blocked: 'running',
  'shutting down': 'running',
  // The guest sleeps, and its keyboard wakes it.
  suspended: 'running',
  'shut off': 'off',
  'shut down': 'off',
  crashed: 'off',
} as const;

function wayHome(
  seat: Seat,
  { was, is }: { was: string; is: string },
  before: Lives,
  after: Lives,
  anew: ReadonlySet<string>,
): Wish | null {
  const home = { seat: seat.name, from: is, to: 'host' };
  // Most of it has come back by itself, and what is left comes now.
  const isOver = hasEnded(was, before, after) || anew.has(was);
  if (was !== 'host' && (is === was || is === 'host') && isOver) {
    return { ...home, why: `${was} has ended` };
  }
  const isPaused = is !== 'host' && after.get(is) === 'paused' && before.get(is) !== 'paused';
  return isPaused && seat.onPause === 'host' ? { ...home, why: `${is} is paused` } : null;
}

function hasEnded(domain: string, before: Lives, after: Lives): boolean {
  return (before.get(domain) ?? 'off') !== 'off' && (after.get(domain) ?? 'off') === 'off';
}

function hasStarted(domain: string, before: Lives, after: Lives): boolean {
  const was = before.get(domain) ?? 'off';
  return isOn(domain, after) && (was === 'off' || was === 'starting');
}

function isOn(domain: string, lives: Lives): boolean {
  return lives.get(domain) === 'running';
}
