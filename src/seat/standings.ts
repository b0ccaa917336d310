/** What is remembered of every seat (standing.ts), and what follows from what was read last. */
import type { Seat } from '../config/schema.ts';
import type { SeatInput } from './effects.ts';
import { allUnknown, type Wish, wishFor } from './life.ts';
import type { Reading } from './reading.ts';
import {
  afterHandoff,
  afterRepair,
  keeperOf,
  type Repair,
  repairsFor,
  type Standing,
  startedAnew,
  standingOf,
} from './standing.ts';

export interface Standings {
  /** The domain that keeps a seat of which nobody has anything now. */
  keeperOf(seat: Seat): string | null;
  /**
   * Takes in what was read of a seat that is not moving; gives what is to be done, and who has lost the seat by
   * nobody's doing here.
   *
   * @param moved why it has just been moved, if so: what somebody asked for counts before any start meanwhile
   * @param isComing whether it was to come home last: what libvirt lists in the domain still is not to go back there
   */
  settle(
    seat: Seat,
    owner: string,
    moved: 'asked' | 'by rule' | null,
    isComing: boolean,
  ): { repairs: Repair[]; wish: Wish | null; loser: string | null };
  /** A handoff to a domain begins: what it leaves there half way is to come home. */
  begun(seat: Seat): void;
  /** A handoff has brought the seat there. */
  arrived(seat: Seat, owner: string): void;
  /** A handoff has ended, one way or another. */
  ended(seat: Seat): void;
  repaired(seat: string, repair: Repair): void;
}

export function createStandings(input: Pick<SeatInput, 'ownerOf'>, reading: Reading): Standings {
  const standings = new Map<string, Standing>();

  function change(seat: string, to: (standing: Standing) => Standing): void {
    const standing = standings.get(seat);
    if (standing !== undefined) standings.set(seat, to(standing));
  }

  function wishOf(
    seat: Seat,
    owner: string,
    before: Standing | null,
    now: Standing,
    moved: 'asked' | 'by rule' | null,
  ): Wish | null {
    if (before?.isHalf && owner !== 'host' && input.ownerOf(seat.name) === 'host') {
      return { seat: seat.name, from: owner, to: 'host', why: `${owner} has a part of it only` };
    }
    const was = before === null || moved !== null ? owner : before.owner;
    const isAsked = moved === 'asked';
    const rules: Seat = isAsked ? { ...seat, onStart: 'stay' } : seat;
    const lives = before?.lives ?? allUnknown(now.lives);
    const anew = isAsked ? new Set<string>() : startedAnew(before, reading.facts());
    return wishFor(rules, { was, is: owner }, lives, now.lives, anew);
  }

  return {
    keeperOf: (seat) => keeperOf(seat, reading.facts(), standings.get(seat.name) ?? null),
    settle(seat, owner, moved, isComing) {
      const facts = reading.facts();
      const before = standings.get(seat.name) ?? null;
      const now = standingOf(seat, owner, facts, before);
      standings.set(seat.name, now);
      const wish = wishOf(seat, owner, before, now, moved);
      // Input devices go by a chord, and nothing else moves then; but what was to come home may have, since it failed.
      const isAlone = seat.input.length === 0 || isComing;
      const mayBeLost = isAlone && moved === null && wish === null;
      const had = before?.owner ?? 'host';
      const loser = mayBeLost && owner === 'host' && had !== 'host' ? had : null;
      const repairs = repairsFor(seat, owner, facts, now).filter(
        ({ kind }) => kind !== 'renew' || !isComing,
      );
      return { repairs, wish, loser };
    },
    begun: ({ name }) => change(name, (standing) => ({ ...standing, owner: 'host', isHalf: true })),
    arrived: ({ name }, owner) =>
      change(name, (standing) => ({ ...standing, owner, isHalf: false })),
    ended: (seat) => change(seat.name, (standing) => afterHandoff(standing, seat, reading.facts())),
    repaired: (name, repair) => change(name, (standing) => afterRepair(standing, repair)),
  };
}
