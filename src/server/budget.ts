import type { Clock } from '../host/ports.ts';

/** So much comes back in a second, and so much may be spent at once. */
export interface Budget {
  /** False where there is not so much left, and then nothing is spent. */
  spend(amount: number): boolean;
  /** Spends also what there is not. */
  owe(amount: number): void;
  /** Below zero while something is owed. */
  left(): number;
}

export function createBudget(
  clock: Pick<Clock, 'now'>,
  perSecond: number,
  atOnce = perSecond,
): Budget {
  let amount = atOnce;
  let since = clock.now();

  function left(): number {
    const now = clock.now();
    // A clock that was set back gives nothing.
    const earned = (Math.max(0, now - since) / 1000) * perSecond;
    amount = Math.min(atOnce, amount + earned);
    since = now;
    return amount;
  }

  return {
    left,
    owe(spent) {
      amount = left() - spent;
    },
    spend(spent) {
      if (left() < spent) return false;
      amount -= spent;
      return true;
    },
  };
}
