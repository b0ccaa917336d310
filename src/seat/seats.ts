/**
 * Moves seats and knows who has them.
 *
 * - Owners are derived: each refresh reads the machine and domains anew (view.ts).
 * - One handoff at a time for each seat. Who asks meanwhile for the same target waits for the same
 *   handoff; who asks for another is told `busy`.
 * - A panic waits for no turn: it follows directly on the handoff that runs.
 * - To the host the input devices go first, at once, whatever else is going on.
 * - After each reading, what came or ended since the last is followed up (life.ts, standing.ts).
 */
import type { Config, Seat } from '../config/schema.ts';
import { HandglassError } from '../errors.ts';
import type { Domain } from '../domain/domain.ts';
import type { SeatEffects } from './effects.ts';
import { type Wish, wishFor } from './life.ts';
import { failuresOf, moveSeat } from './move.ts';
import { createReading } from './reading.ts';
import { createRepairs } from './repairs.ts';
import { afterRepair, keeperOf, repairsFor, type Standing, standingOf } from './standing.ts';
import { type SeatView, viewSeat } from './view.ts';

export interface SeatsView {
  seats: (SeatView & { moving: boolean })[];
  domains: readonly Domain[];
  /** What keeps the view from being right, such as libvirt being away. */
  problem: HandglassError | null;
  /** Devices that could not be brought to where they belong after they came or their domain ended. */
  unrepaired: readonly HandglassError[];
}

export interface SeatEvents {
  /** A seat is to be moved since a domain started, ended or was paused. */
  wished(wish: Wish): void;
  /** A device was brought to where it belongs; for the journal. */
  repaired(seat: string, story: string): void;
}

export interface Seats {
  view(): SeatsView;
  /** Reads everything again; several calls at once share a reading that begins after the last. */
  refresh(): Promise<void>;
  /** Reads everything again, where a handoff is under way at its end: most changes then are its own. */
  notice(): void;
  /**
   * Moves a seat; resolves when it is there. `check` sees the seat as it is when the move begins, and
   * throws to refuse it. Fails with `seat-unknown`, `target-unknown`, `busy`, `domain-unknown`,
   * `domain-not-running`, `libvirt-unavailable`, `qemu-unavailable`, or the reason why the devices did not move.
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
  { wished = () => {}, repaired = () => {} }: Partial<SeatEvents> = {},
): Seats {
  const handoffs = new Map<string, Handoff>();
  const standings = new Map<string, Standing>();
  let shown = '';
  const reading = createReading(effects, () => {
    settle(config.seats.filter(({ name }) => !handoffs.has(name)));
    tell();
  });
  const refresh = () => reading.refresh();
  let isNoticed = false;
  const repairs = createRepairs(config.seats, effects, reading, {
    isMoving: (name) => handoffs.has(name),
    repaired(name, repair, story) {
      const standing = standings.get(name);
      if (standing !== undefined) standings.set(name, afterRepair(standing, repair));
      if (story !== '') repaired(name, story);
    },
  });

  function view(): SeatsView {
    return {
      seats: config.seats.map((seat) => ({
        ...viewNow(seat),
        owner: ownerOf(seat),
        moving: handoffs.has(seat.name),
      })),
      domains: reading.facts().domains,
      problem: reading.problem(),
      unrepaired: repairs.problems(),
    };
  }

  function viewNow(seat: Seat): SeatView {
    const facts = reading.facts();
    const keeper = keeperOf(seat, facts, standings.get(seat.name) ?? null);
    return viewSeat(seat, facts, effects.input.ownerOf(seat.name), keeper);
  }

  function ownerOf(seat: Seat): string {
    return handoffs.get(seat.name)?.from ?? viewNow(seat).owner;
  }

  function tell(): void {
    const now = JSON.stringify([view(), reading.problem()?.message]);
    if (now === shown) return;
    shown = now;
    changed();
  }

  /**
   * Takes in what was read of seats that are not moving.
   *
   * @param moved they have just been moved: what they were asked for counts before any start meanwhile
   */
  function settle(seats: readonly Seat[], moved = false): void {
    if (reading.problem() !== null) return;
    const facts = reading.facts();
    const wishes = seats.map((seat) => {
      const before = standings.get(seat.name) ?? null;
      const { owner } = viewNow(seat);
      const now = standingOf(seat, owner, facts, before);
      standings.set(seat.name, now);
      repairs.plan(seat, repairsFor(seat, owner, facts, now));
      if (before === null) return null;
      const was = moved ? owner : before.owner;
      const rules: Seat = moved ? { ...seat, onStart: 'stay' } : seat;
      return wishFor(rules, { was, is: owner }, before.lives, now.lives);
    });
    for (const wish of wishes) if (wish !== null) wished(wish);
    repairs.begin();
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
    const running = [handoffs.get(seat.name)?.done ?? Promise.resolve(), repairs.until(seat.name)];
    const handoff: Handoff = { from: ownerOf(seat), to, done: handOver() };
    handoffs.set(seat.name, handoff);
    tell();
    return handoff.done;

    async function handOver(): Promise<void> {
      try {
        if (to === 'host') effects.input.take(seat.name);
        await Promise.allSettled(running);
        const turn = effects.input.turnOf(seat.name);
        await refresh();
        const now = viewNow(seat);
        check(now);
        noLongerKept(seat);
        await moveSeat(effects, reading, { seat, owner: now.owner, to, turn });
      } finally {
        isNoticed = false;
        await refresh();
        const latest = handoffs.get(seat.name);
        if (latest === handoff) {
          handoffs.delete(seat.name);
          settle([seat], true);
          if (isNoticed) void refresh();
        } else if (latest !== undefined) latest.from = viewNow(seat).owner;
        tell();
      }
    }
  }

  /** From now on only what is where tells who has it. */
  function noLongerKept({ name }: Seat): void {
    const standing = standings.get(name);
    if (standing !== undefined) standings.set(name, { ...standing, owner: 'host' });
  }

  async function panic(): Promise<void> {
    const handoffsHome = config.seats.map((seat) => begin(seat, 'host', () => {}));
    const failures = failuresOf(await Promise.allSettled(handoffsHome));
    if (failures.length > 0) throw new AggregateError(failures, 'Not every seat came back.');
  }

  return {
    view,
    refresh,
    notice() {
      isNoticed = true;
      if (handoffs.size === 0) void refresh();
    },
    give,
    async toggle(name, domain, check) {
      const seat = seatCalled(name);
      const current = handoffs.get(name);
      if (current !== undefined) throw busy(name, current.to);
      if (!reading.hasRead()) await refresh();
      const { owner } = viewNow(seat);
      // The configuration refuses a seat without domains.
      const to = owner === 'host' ? (domain ?? seat.domains[0] ?? 'host') : 'host';
      await give(name, to, check);
      return to;
    },
    panic,
  };
}

function requireTarget({ name, domains }: Seat, to: string): void {
  if (to === 'host' || domains.includes(to)) return;
  throw new HandglassError(
    'target-unknown',
    `The seat "${name}" cannot go to "${to}".`,
    `Its targets are: host, ${domains.join(', ')}.`,
  );
}

function busy(seat: string, to: string): HandglassError {
  return new HandglassError(
    'busy',
    `The seat "${seat}" is on its way to "${to}".`,
    'Ask again in a moment.',
  );
}
