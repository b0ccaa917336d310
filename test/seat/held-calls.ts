/** Seats in a world in which any call can be held, so that something else comes in between. */
import { vi } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { createWorld, seatWith } from './world.ts';

export const desk = seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
export const sofa = seatWith('sofa', ['win11'], 'PAD');

export function start(...configured: Seat[]) {
  const world = createWorld();
  const changed = vi.fn<() => void>();
  const seats = createSeats(
    { seats: configured.length > 0 ? configured : [desk, sofa] },
    world.effects,
    changed,
  );
  const shown = (name = 'desk') => seats.view().seats.find((seat) => seat.name === name);
  /** Holds every call of that beginning until the returned function is called. */
  const hold = (beginning: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    world.fail = (call) => (call.startsWith(beginning) ? promise : undefined);
    return resolve;
  };
  /** Resolves when the world has seen such a call. */
  const seen = (call: string) =>
    vi.waitUntil(() => world.calls.includes(call), { interval: 1, timeout: 60_000 });
  return { world, seats, changed, shown, hold, seen };
}
