/**
 * How often a guest may ask for moves, and for how long they may go on. A seat that is always on its way
 * could be moved by nobody else, so a guest that asks back to back keeps one moving for a while, and
 * then no more than half of the time.
 */
import { HandglassError } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import { type Budget, createBudget } from '../server/budget.ts';

export interface Patience {
  /**
   * Returns what to call when the move is over.
   *
   * @throws HandglassError `busy` where the guest has asked for too much
   */
  ask(guest: string): () => void;
}

export function createPatience(clock: Pick<Clock, 'now'>, log: (line: string) => void): Patience {
  const kept = new Map<string, { moves: Budget; seconds: Budget; saidAt: number }>();

  function patienceWith(guest: string) {
    const found = kept.get(guest) ?? {
      moves: createBudget(clock, movesPerSecond, movesAtOnce),
      seconds: createBudget(clock, 1, secondsAtOnce),
      saidAt: -Infinity,
    };
    kept.set(guest, found);
    return found;
  }

  return {
    ask(guest) {
      const own = patienceWith(guest);
      const { moves, seconds } = own;
      const left = seconds.left();
      if (left < 0 || !moves.spend(1)) {
        if (clock.now() - own.saidAt >= sayEveryMs) {
          own.saidAt = clock.now();
          log(`guest ${guest}: asks for moves too often, and is refused for a while`);
        }
        throw new HandglassError('busy', 'This guest asks too often.', 'Ask again in a moment.');
      }
      const since = clock.now();
      return () => {
        const took = (clock.now() - since) / 1000;
        // While it moves nothing comes back.
        seconds.owe(took + Math.min(took, secondsAtOnce - left));
      };
    },
  };
}

/** More than anyone presses a key. */
const movesPerSecond = 1;
const movesAtOnce = 30;
const secondsAtOnce = 30;
const sayEveryMs = 60_000;
