/**
 * How a seat gets from one owner to another. To a domain go the USB devices first, then the optical
 * drives, then the input devices, since the way back is theirs. From a domain the input devices have
 * come already.
 */
import type { Seat } from '../config/schema.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import { isAway, type Domain } from '../domain/domain.ts';
import { isActive } from '../domain/run-state.ts';
import { isInputAlone, overtaken } from '../input/switching.ts';
import type { SeatEffects } from './effects.ts';
import type { Reading } from './reading.ts';
import type { Facts } from './view.ts';

export interface Move {
  seat: Seat;
  /** Who has the seat by what has just been read. */
  owner: string;
  to: string;
  /** Of its input devices, when the handoff began. */
  turn: number;
  /** Whether nothing else has been asked of the seat since. */
  isLast: () => boolean;
  /** Nothing that is known forbids it to go to another domain: from here on it can fail half way. */
  leaves: () => void;
}

export async function moveSeat(effects: SeatEffects, reading: Reading, move: Move): Promise<void> {
  const { seat, owner, to, isLast } = move;
  // Its input devices have come back without libvirt, and there is nothing else to bring.
  if (to === 'host' && seat.usb.length === 0 && seat.optical.length === 0) return;
  const problem = reading.problem();
  // It was all here when domains could be read, and nothing has been given since.
  const isKnownHome = to === 'host' && owner === 'host' && reading.knowsDomains();
  if (isKnownHome && isAway(problem)) return;
  // What is known to be away is tried to be brought back, whatever else cannot be read.
  const isKnownAway = to === 'host' && owner !== 'host';
  if (problem !== null && !isKnownAway) throw problem;
  const { domains, attached } = reading.facts();
  if (to !== 'host') requireRunning(to, domains);
  // What is refused leaves the seat with the domain that has it.
  if (to !== 'host' && owner !== 'host' && owner !== to) {
    await checkDevices(effects, known(reading, to), to, seat);
  }
  // More than one domain can hold a part, after a handoff that failed half way.
  const holders = seat.domains.filter((domain) => domain !== to && attached.has(domain));
  const take = () => takeFrom(effects, holders, seat, (domain) => known(reading, domain));
  if (to === 'host') return take();
  if (owner !== to) move.leaves();
  try {
    await take();
    await giveSeat(effects, reading, move);
  } catch (error) {
    // Of its other devices some have left the domain that had it, and the rest come home.
    const isSplit = owner !== 'host' && owner !== to && !isInputAlone(seat);
    if (isSplit && isLast()) effects.input.take(seat.name);
    throw error;
  }
}

function failuresOf(results: readonly PromiseSettledResult<void>[]): unknown[] {
  return results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
}

function requireRunning(domain: string, domains: readonly Domain[]): void {
  const found = domains.find(({ name }) => name === domain);
  if (found === undefined) {
    throw new HandglassError(
      'domain-unknown',
      `There is no domain "${domain}".`,
      'Correct its name in the configuration: `virsh list --all` shows all that libvirt has, and a QEMU without libvirt needs a [[qemu]] of this name.',
    );
  }
  if (isActive(found)) return;
  throw new HandglassError(
    'domain-not-running',
    `The domain "${domain}" is not running (${found.state}).`,
    found.start ?? `Start it: \`virsh start ${domain}\`.`,
  );
}

async function giveSeat(effects: SeatEffects, reading: Reading, move: Move): Promise<void> {
  const now = known(reading, move.to);
  // Another seat must not go by what this one is about to change.
  reading.doubtDomains();
  try {
    const hasGiven = await giveDevices(effects, now, move);
    await giveInput(effects, move, hasGiven);
  } finally {
    reading.doubtDomains();
  }
}

/** Whatever else has been asked of the seat follows on this, and is not to wait for more than has begun. */
function requireLast({ isLast }: Move): void {
  if (!isLast()) throw overtaken();
}

/** Each domain is tried, so that the failure of one keeps nothing in the others. */
async function takeFrom(
  effects: SeatEffects,
  domains: readonly string[],
  seat: Seat,
  knownOf: (domain: string) => Facts | null = () => null,
): Promise<void> {
  const takes = domains.flatMap((domain) => [
    effects.takeUsb(domain, seat, knownOf(domain)),
    ...(seat.optical.length === 0 ? [] : [effects.takeDrives(domain, seat)]),
  ]);
  const failures = failuresOf(await Promise.allSettled(takes));
  if (failures.length === 0) return;
  // Libvirt being away fails all of them for one reason.
  const reasons = new Set(failures.map(reasonOf));
  if (reasons.size === 1) throw failures[0];
  const cause = new AggregateError(failures);
  throw new HandglassError('handoff-failed', `${[...reasons].join('. ')}.`, '', { cause });
}

async function checkDevices(
  effects: SeatEffects,
  now: Facts | null,
  to: string,
  seat: Seat,
): Promise<void> {
  await forEachKind(
    seat,
    () => effects.checkUsb(to, seat, now),
    () => effects.checkDrives(to, seat),
  );
}

/** False where a keyboard moves without any. */
async function giveDevices(effects: SeatEffects, now: Facts | null, move: Move): Promise<boolean> {
  const { seat, owner, to } = move;
  // A refused drive is to be known before any USB device moves.
  if (seat.optical.length > 0) await checkDevices(effects, now, to, seat);
  return forEachKind(
    seat,
    async () => {
      requireLast(move);
      await effects.giveUsb(to, seat, now);
    },
    async () => {
      try {
        requireLast(move);
        await effects.giveDrives(to, seat);
      } catch (error) {
        // What was there before stays.
        if (isAbsent(error) || owner === to) throw error;
        await undo(error, effects.takeUsb(to, seat, null));
      }
    },
  );
}

/** What is true now of the machine and this domain, where that is known: to read it takes as long as a device. */
function known(reading: Reading, domain: string): Facts | null {
  const facts = reading.facts();
  return reading.isCurrent() && !facts.stale.has(domain) ? facts : null;
}

/**
 * A seat moves without the stick, or the drive, that is not plugged in, as long as there is anything
 * of it to move; false where that is its input devices alone.
 */
async function forEachKind(
  { usb, optical, input }: Seat,
  withUsb: () => Promise<void>,
  withDrives: () => Promise<void>,
): Promise<boolean> {
  const hasUsb = usb.length > 0 || (optical.length === 0 && input.length === 0);
  const actions = [...(hasUsb ? [withUsb] : []), ...(optical.length > 0 ? [withDrives] : [])];
  const absences: unknown[] = [];
  for (const action of actions) {
    await action().catch((error: unknown) => {
      if (!isAbsent(error)) throw error;
      absences.push(error);
    });
  }
  const isAny = absences.length < actions.length;
  if (!isAny && input.length === 0) throw absences[0];
  return isAny;
}

function isAbsent(error: unknown): boolean {
  return error instanceof HandglassError && error.code === 'device-absent';
}

/**
 * A domain that reads none of our proxies may have the seat's USB devices all the same, and the
 * host keeps the keyboard; any other failure brings them back.
 */
async function giveInput(effects: SeatEffects, move: Move, hasGiven: boolean): Promise<void> {
  const { seat, owner, to, turn, isLast } = move;
  if (seat.input.length === 0) return;
  try {
    requireLast(move);
    await effects.input.give(seat.name, to, turn);
  } catch (error) {
    if (!hasGiven) throw error;
    if (error instanceof HandglassError && error.code === 'domain-deaf') {
      if (isLast()) effects.input.take(seat.name);
      return;
    }
    // What was there before stays.
    if (owner === to) throw error;
    await undo(error, takeFrom(effects, [to], seat));
  }
}

/** Fails as what is undone did, and tells what could not be undone besides. */
async function undo(failure: unknown, undone: Promise<void>): Promise<never> {
  const [result] = await Promise.allSettled([undone]);
  if (result.status === 'fulfilled') throw failure;
  const what = `${reasonOf(failure)} ${reasonOf(result.reason)}`;
  const cause = new AggregateError([failure, result.reason]);
  throw new HandglassError('handoff-failed', what, '', { cause });
}
