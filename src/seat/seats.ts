/**
 * Moves seats and knows who has them.
 *
 * - Owners are derived: each refresh reads the machine and libvirt anew (view.ts).
 * - One handoff at a time for each seat. Who asks meanwhile for the same target waits for the same
 *   handoff; who asks for another is told `busy`.
 * - A panic waits for no turn: it follows directly on the handoff that runs.
 * - To a domain go the USB devices first, then the input devices, since the way back is theirs. To
 *   the host the input devices go first, at once, whatever else is going on.
 */
import type { Config, Seat } from '../config/schema.ts';
import { isActive, type Domain } from '../domain/domain.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { InputSwitch } from '../input/switching.ts';
import {
  type DomainFacts,
  type Facts,
  type MachineFacts,
  type SeatView,
  viewSeat,
} from './view.ts';

/** What seats do to the world. */
export interface SeatEffects {
  readMachine(): Promise<MachineFacts>;
  /** Rejects with `libvirt-unavailable` when libvirt cannot be asked. */
  readDomains(): Promise<DomainFacts>;
  giveUsb(domain: string, seat: Seat): Promise<void>;
  takeUsb(domain: string, seat: Seat): Promise<void>;
  input: SeatInput;
}

/** The seats' input devices, as `InputSwitch` says. */
export type SeatInput = Pick<InputSwitch, 'ownerOf' | 'turnOf' | 'give' | 'take'>;

export interface SeatsView {
  seats: (SeatView & { moving: boolean })[];
  domains: readonly Domain[];
  /** What keeps the view from being right, such as libvirt being away. */
  problem: HandglassError | null;
}

export interface Seats {
  view(): SeatsView;
  /** Reads everything again; several calls at once share a reading that begins after the last. */
  refresh(): Promise<void>;
  /**
   * Moves a seat; resolves when it is there. `check` sees the seat as it is when the move begins, and
   * throws to refuse it. Fails with `seat-unknown`, `target-unknown`, `busy`, `domain-unknown`,
   * `domain-not-running`, `libvirt-unavailable`, or the reason why the devices did not move.
   */
  give(seat: string, to: string, check?: (seat: SeatView) => void): Promise<void>;
  /**
   * From the host to a domain (the first unless told), from a domain to the host; resolves with the
   * new owner.
   */
  toggle(seat: string, domain?: string, check?: (seat: SeatView) => void): Promise<string>;
  /** Brings every seat back to the host. Rejects with an AggregateError when one does not come. */
  panic(): Promise<void>;
}

interface Handoff {
  /** Who is shown to have the seat until it has moved as a whole. */
  from: string;
  to: string;
  done: Promise<void>;
}

export function createSeats(
  config: Pick<Config, 'seats'>,
  effects: SeatEffects,
  changed: () => void,
): Seats {
  const handoffs = new Map<string, Handoff>();
  let facts: Facts = { input: [], usb: [], domains: [], attached: new Map() };
  let problem: HandglassError | null = null;
  let hasRead = false;
  let shown = '';
  let reading: Promise<void> = Promise.resolve();
  let readingNext: Promise<void> | null = null;

  function view(): SeatsView {
    return {
      seats: config.seats.map((seat) => ({
        ...viewNow(seat),
        owner: ownerOf(seat),
        moving: handoffs.has(seat.name),
      })),
      domains: facts.domains,
      problem,
    };
  }

  function viewNow(seat: Seat): SeatView {
    return viewSeat(seat, facts, effects.input.ownerOf(seat.name));
  }

  function ownerOf(seat: Seat): string {
    return handoffs.get(seat.name)?.from ?? viewNow(seat).owner;
  }

  function tell(): void {
    const now = JSON.stringify([view(), problem?.message]);
    if (now === shown) return;
    shown = now;
    changed();
  }

  function refresh(): Promise<void> {
    readingNext ??= reading.then(() => {
      readingNext = null;
      reading = read();
      return reading;
    });
    return readingNext;
  }

  async function read(): Promise<void> {
    try {
      facts = { ...facts, ...(await effects.readMachine()) };
      // While libvirt is away, what it said last is the best that is known.
      facts = { ...facts, ...(await effects.readDomains()) };
      problem = null;
    } catch (error) {
      problem =
        error instanceof HandglassError
          ? error
          : new HandglassError('internal', `The machine cannot be read: ${reasonOf(error)}.`, '', {
              cause: error,
            });
    }
    hasRead = true;
    tell();
  }

  function seatCalled(name: string): Seat {
    const seat = config.seats.find((each) => each.name === name);
    if (seat !== undefined) return seat;
    const names = config.seats.map((each) => each.name).join(', ');
    throw new HandglassError(
      'seat-unknown',
      `There is no seat "${name}".`,
      names === '' ? 'Add a [[seat]] to the configuration.' : `Name one of: ${names}.`,
    );
  }

  async function give(
    name: string,
    to: string,
    check: (seat: SeatView) => void = () => {},
  ): Promise<void> {
    const seat = seatCalled(name);
    requireTarget(seat, to);
    const current = handoffs.get(name);
    if (current?.to === to) return current.done;
    if (current !== undefined) throw busy(name, current.to);
    return begin(seat, to, check);
  }

  /** Follows on the handoff that runs, if any, and takes its place at once, so that none gets between. */
  function begin(seat: Seat, to: string, check: (seat: SeatView) => void): Promise<void> {
    const running = handoffs.get(seat.name)?.done;
    const handoff: Handoff = { from: ownerOf(seat), to, done: handOver() };
    handoffs.set(seat.name, handoff);
    tell();
    return handoff.done;

    async function handOver(): Promise<void> {
      try {
        if (to === 'host') effects.input.take(seat.name);
        await running?.catch(() => {});
        await move(seat, to, check);
      } finally {
        await refresh();
        const latest = handoffs.get(seat.name);
        if (latest === handoff) handoffs.delete(seat.name);
        else if (latest !== undefined) latest.from = viewNow(seat).owner;
        tell();
      }
    }
  }

  async function move(seat: Seat, to: string, check: (seat: SeatView) => void): Promise<void> {
    const turn = effects.input.turnOf(seat.name);
    await refresh();
    const { owner, ...rest } = viewNow(seat);
    check({ owner, ...rest });
    // Its input devices have come back without libvirt, and there is nothing else to bring.
    if (to === 'host' && seat.usb.length === 0) return;
    // What is known to be away is tried to be brought back, whatever else cannot be read.
    const isKnownAway = to === 'host' && owner !== 'host';
    if (problem !== null && !isKnownAway) throw problem;
    if (to !== 'host') requireRunning(to, facts.domains);
    // More than one domain can hold a part, after a handoff that failed half way.
    const holders = seat.domains.filter((domain) => domain !== to && facts.attached.has(domain));
    await takeFrom(holders, seat);
    if (to === 'host') return;
    const hasGiven = await giveUsb(to, seat);
    await giveInput(to, seat, turn, hasGiven);
  }

  /** A keyboard moves without the stick that is not plugged in. */
  async function giveUsb(to: string, seat: Seat): Promise<boolean> {
    if (seat.usb.length === 0 && seat.input.length > 0) return false;
    try {
      await effects.giveUsb(to, seat);
      return true;
    } catch (error) {
      const isAbsent = error instanceof HandglassError && error.code === 'device-absent';
      if (seat.input.length > 0 && isAbsent) return false;
      throw error;
    }
  }

  /**
   * A domain that reads none of our proxies may have the seat's USB devices all the same, and the
   * host keeps the keyboard; any other failure brings them back.
   */
  async function giveInput(to: string, seat: Seat, turn: number, hasGiven: boolean): Promise<void> {
    if (seat.input.length === 0) return;
    try {
      await effects.input.give(seat.name, to, turn);
    } catch (error) {
      if (!hasGiven) throw error;
      if (error instanceof HandglassError && error.code === 'domain-deaf') return;
      await effects.takeUsb(to, seat);
      throw error;
    }
  }

  /** Each domain is tried, so that the failure of one keeps nothing in the others. */
  async function takeFrom(domains: readonly string[], seat: Seat): Promise<void> {
    const takes = domains.map((domain) => effects.takeUsb(domain, seat));
    const failures = failuresOf(await Promise.allSettled(takes));
    if (failures.length === 0) return;
    // Libvirt being away fails all of them for one reason.
    const reasons = new Set(failures.map(reasonOf));
    if (reasons.size === 1) throw failures[0];
    const cause = new AggregateError(failures);
    throw new HandglassError('handoff-failed', `${[...reasons].join('. ')}.`, '', { cause });
  }

  async function panic(): Promise<void> {
    const handoffsHome = config.seats.map((seat) => begin(seat, 'host', () => {}));
    const failures = failuresOf(await Promise.allSettled(handoffsHome));
    if (failures.length > 0) throw new AggregateError(failures, 'Not every seat came back.');
  }

  return {
    view,
    refresh,
    give,
    async toggle(name, domain, check) {
      const seat = seatCalled(name);
      const current = handoffs.get(name);
      if (current !== undefined) throw busy(name, current.to);
      if (!hasRead) await refresh();
      const { owner } = viewNow(seat);
      const to = owner === 'host' ? (domain ?? firstOf(seat)) : 'host';
      await give(name, to, check);
      return to;
    },
    panic,
  };
}

function failuresOf(results: readonly PromiseSettledResult<void>[]): unknown[] {
  return results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
}

function firstOf({ domains }: Seat): string {
  // The configuration refuses a seat without domains.
  return domains[0] ?? 'host';
}

function requireTarget({ name, domains }: Seat, to: string): void {
  if (to === 'host' || domains.includes(to)) return;
  throw new HandglassError(
    'target-unknown',
    `The seat "${name}" cannot go to "${to}".`,
    `Its targets are: host, ${domains.join(', ')}.`,
  );
}

function requireRunning(domain: string, domains: readonly Domain[]): void {
  const found = domains.find(({ name }) => name === domain);
  if (found === undefined) {
    throw new HandglassError(
      'domain-unknown',
      `libvirt knows no domain "${domain}".`,
      'Correct its name in the configuration; `virsh list --all` shows every domain.',
    );
  }
  if (isActive(found)) return;
  throw new HandglassError(
    'domain-not-running',
    `The domain "${domain}" is not running (${found.state}).`,
    `Start it: \`virsh start ${domain}\`.`,
  );
}

function busy(seat: string, to: string): HandglassError {
  return new HandglassError(
    'busy',
    `The seat "${seat}" is on its way to "${to}".`,
    'Ask again in a moment.',
  );
}
