/**
 * Moves seats and knows who has them.
 *
 * - Owners are derived: each refresh reads the machine and domains anew (view.ts).
 * - One handoff at a time for each seat. Who asks meanwhile for the same target waits for the same
 *   handoff; who asks for another is told `busy`.
 * - A panic waits for no turn: it follows directly on the handoff that runs. So does what completes a
 *   move of the input devices, which have gone ahead, and what brings a seat home by rule. Handoffs
 *   before the last go to no domain any more, and the last one to the host ends with the input there.
 * - To the host the input devices go first, at once, whatever else is going on.
 * - After each reading, what came or ended since the last is followed up (life.ts, standing.ts).
 */
import type { Config, Seat } from '../config/schema.ts';
import { HandglassError } from '../errors.ts';
import type { Domain } from '../domain/domain.ts';
import { isActive } from '../domain/run-state.ts';
import type { SeatEffects } from './effects.ts';
import type { Wish } from './life.ts';
import { moveSeat } from './move.ts';
import { isInputAlone, overtaken } from '../input/switching.ts';
import { createReading } from './reading.ts';
import { createRepairs } from './repairs.ts';
import { straysOf } from './standing.ts';
import { createStandings } from './standings.ts';
import { createStories, type Story } from './stories.ts';
import { firstOf, requireTarget, seatCalled } from './targets.ts';
import { type SeatView, viewSeat } from './view.ts';

export interface SeatsView {
  seats: (SeatView & { moving: boolean } & Story)[];
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

/** How a move is asked for. */
export interface Asked {
  /** Who or what asks, in a few words. */
  why?: string;
  /** No person asks, but what has become of a domain. */
  isRule?: boolean;
  /** Sees the seat as it is when the move begins, and throws to refuse it. */
  check?: (seat: SeatView) => void;
}

export interface Seats {
  view(): SeatsView;
  /** Whether the view may be wrong without an event that will tell of it: to be read again in a while. */
  isBlind(): boolean;
  /** Reads everything again; several calls at once share a reading that begins after the last. */
  refresh(): Promise<void>;
  /** Reads everything again, where a handoff or a repair is under way at its end. */
  notice(): void;
  /**
   * Moves a seat; resolves when it is there. Fails with `seat-unknown`, `target-unknown`, `busy`, `domain-unknown`,
   * `domain-not-running`, `libvirt-unavailable`, `qemu-unavailable`, or the reason why the devices did not move.
   */
  give(seat: string, to: string, asked?: Asked): Promise<void>;
  /**
   * Completes a move that the seat's input devices have begun by themselves, and of a seat that has
   * nothing else moves none; resolves and fails as `give`, but is told `busy` only if overtaken.
   */
  follow(seat: string, to: string, why: string): Promise<void>;
  /** Brings a seat to the host, whatever it is about; resolves and fails as `give`, but for `busy`. */
  bring(seat: string, asked: Asked): Promise<void>;
  /**
   * From the host to a domain (the first unless told), from a domain to the host; resolves with the
   * new owner.
   */
  toggle(seat: string, domain?: string, asked?: Asked): Promise<string>;
  /** Completes a panic, which the switchboard has begun; resolves and fails as `give`, but for `busy`. */
  panic(seat: string): Promise<void>;
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
  const stories = createStories();
  let shown = '';
  const reading = createReading(
    effects,
    () => {
      settle(config.seats.filter(({ name }) => !handoffs.has(name)));
      tell();
    },
    () => handoffs.size > 0 || repairs.areUnderWay(),
  );
  const standings = createStandings(effects.input, reading);
  const refresh = () => reading.refresh();
  const repairs = createRepairs(config.seats, effects, reading, {
    isMoving: (name) => handoffs.has(name),
    repaired(name, repair, story) {
      standings.repaired(name, repair);
      if (story !== '') told(name, story);
    },
    unanswered() {
      reading.doubtDomains();
      tell();
    },
  });

  function told(seat: string, story: string): void {
    stories.repaired(seat, story);
    repaired(seat, story);
  }

  function view(): SeatsView {
    return {
      seats: config.seats.map((seat) => ({
        ...viewNow(seat),
        owner: ownerOf(seat),
        moving: handoffs.has(seat.name),
        ...stories.of(seat.name),
      })),
      domains: reading.facts().domains,
      problem: reading.problem(),
      unrepaired: repairs.problems(),
    };
  }

  function viewNow(seat: Seat): SeatView {
    const inputOwner = effects.input.ownerOf(seat.name);
    return viewSeat(seat, reading.facts(), inputOwner, standings.keeperOf(seat));
  }

  function ownerOf(seat: Seat): string {
    return handoffs.get(seat.name)?.from ?? viewNow(seat).owner;
  }

  /** A handoff reads at its end. */
  function isBlind(): boolean {
    return reading.problem() !== null || (handoffs.size === 0 && !reading.knowsDomains());
  }

  function tell(): void {
    const now = JSON.stringify([view(), reading.problem()?.message, isBlind()]);
    if (now === shown) return;
    shown = now;
    changed();
  }

  /** Takes in what was read of seats that are not moving, and why they just have. */
  function settle(seats: readonly Seat[], moved: 'asked' | 'by rule' | null = null): void {
    const known = reading.problem() === null ? seats : [];
    const wishes = known.map((seat) => {
      const isComing = stories.of(seat.name).move?.to === 'host';
      const now = standings.settle(seat, viewNow(seat).owner, moved, isComing);
      repairs.plan(seat, [...now.repairs, ...straysOf(seat, config.seats, reading.facts())]);
      if (now.loser !== null) {
        const what = isComing
          ? 'let go of all that was to come home'
          : 'none of its devices any more, by another program';
        told(seat.name, `${now.loser} has ${what}`);
      }
      return now.wish;
    });
    for (const wish of wishes) if (wish !== null) wished(wish);
    repairs.begin();
  }

  async function give(name: string, to: string, asked: Asked = {}): Promise<void> {
    const seat = seatCalled(name, config.seats);
    requireTarget(seat, to);
    const current = handoffs.get(name);
    if (current?.to === to) return current.done;
    if (current !== undefined) throw busy(name, current.to);
    return begin(seat, to, asked);
  }

  async function follow(name: string, to: string, why: string): Promise<void> {
    const seat = seatCalled(name, config.seats);
    requireTarget(seat, to);
    const current = handoffs.get(name);
    return current?.to === to ? current.done : begin(seat, to, { why }, true);
  }

  async function bring(name: string, asked: Asked): Promise<void> {
    const seat = seatCalled(name, config.seats);
    const current = handoffs.get(name);
    return current?.to === 'host' ? current.done : begin(seat, 'host', asked);
  }

  /**
   * Whether a move can begin without a reading: none is due, and what has changed unnoticed would be
   * met by the first device, with the seat at the host. A reading takes longer than a device.
   */
  function knowsEnough(seat: Seat, to: string): boolean {
    const isOn = reading.facts().domains.some((each) => each.name === to && isActive(each));
    const isAtHost = viewNow(seat).owner === 'host';
    return reading.isCurrent() && (to === 'host' || (isAtHost && isOn));
  }

  /** Follows on the handoff that runs, if any, and takes its place at once, so that none gets between. */
  function begin(
    seat: Seat,
    to: string,
    { why = 'asked for', isRule = false, check }: Asked,
    hasInput = false,
  ): Promise<void> {
    const running = [handoffs.get(seat.name)?.done ?? Promise.resolve(), repairs.until(seat.name)];
    const failed = stories.begun(seat.name, to, why);
    const handoff: Handoff = { from: ownerOf(seat), to, done: handOver() };
    const isLast = () => handoffs.get(seat.name) === handoff;
    handoffs.set(seat.name, handoff);
    tell();
    return handoff.done;

    async function handOver(): Promise<void> {
      let failure: unknown = null;
      try {
        if (to === 'host' && !hasInput) effects.input.take(seat.name);
        await Promise.allSettled(running);
        const turn = effects.input.turnOf(seat.name);
        if (!knowsEnough(seat, to)) await refresh();
        const now = viewNow(seat);
        check?.(now);
        // They may have gone elsewhere since, and that counts.
        if (hasInput && isInputAlone(seat)) return;
        if (to !== 'host' && !isLast()) throw overtaken();
        // What ran before may have sent them to a domain.
        const isAway = effects.input.ownerOf(seat.name) !== 'host';
        if (to === 'host' && isAway && isLast()) effects.input.take(seat.name);
        const leaves = () => standings.begun(seat);
        await moveSeat(effects, reading, { seat, owner: now.owner, to, turn, isLast, leaves });
        standings.arrived(seat, to);
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        standings.ended(seat);
        await refresh();
        if (failure !== null) failed(failure);
        const latest = handoffs.get(seat.name);
        if (latest === handoff) {
          handoffs.delete(seat.name);
          settle([seat], isRule ? 'by rule' : 'asked');
          if (!reading.isCurrent()) void refresh();
        } else if (latest !== undefined) latest.from = viewNow(seat).owner;
        tell();
      }
    }
  }

  return {
    view,
    isBlind,
    refresh,
    notice: () => reading.notice(),
    give,
    follow,
    bring,
    async toggle(name, domain, asked) {
      const seat = seatCalled(name, config.seats);
      const current = handoffs.get(name);
      if (current !== undefined) throw busy(name, current.to);
      if (!reading.hasRead()) await refresh();
      const { owner } = viewNow(seat);
      const to = owner === 'host' ? (domain ?? firstOf(seat)) : 'host';
      await give(name, to, asked);
      return to;
    },
    panic: async (name) =>
      begin(seatCalled(name, config.seats), 'host', { why: 'panic chord' }, true),
  };
}

function busy(seat: string, to: string): HandglassError {
  return new HandglassError(
    'busy',
    `The seat "${seat}" is on its way to "${to}".`,
    'Ask again in a moment.',
  );
}
