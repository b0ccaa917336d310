/**
 * How many connections are open at the same time, and how often an address may come. Whoever has not
 * said who it is gives way where there are too many, so that no crowd of strangers keeps out those who
 * may come in.
 */
import type { Clock } from '../host/ports.ts';
import { createBudget, type Budget } from './budget.ts';

export interface Admission {
  /** @param giveWay ends the connection, for the sake of a newer one */
  admit(address: string, giveWay: () => void): Admitted | Refused;
}

/** Why a connection must be refused, as a clause. */
export interface Refused {
  why: string;
}

export interface Admitted {
  /** It is known who that is: this one gives way to nobody any more. */
  known(): void;
  /** To be called when the connection has ended. */
  leave(): void;
}

export interface AdmissionLimits {
  total: number;
  perAddress: number;
  /** How often an address may come in a second; four times as often at once. */
  perSecond: number;
}

export function createAdmission(clock: Pick<Clock, 'now'>, limits: AdmissionLimits): Admission {
  const open = new Map<string, number>();
  /** The oldest first. */
  const strangers = new Set<Stranger>();
  /** By address, the one that came last at the end. */
  const budgets = new Map<string, Budget>();
  let total = 0;

  /** Whoever has more addresses than are kept has as many budgets anyway. */
  function budgetOf(address: string): Budget {
    const budget =
      budgets.get(address) ?? createBudget(clock, limits.perSecond, 4 * limits.perSecond);
    budgets.delete(address);
    budgets.set(address, budget);
    const [oldest] = budgets.keys();
    if (budgets.size > budgetsKept && oldest !== undefined) budgets.delete(oldest);
    return budget;
  }

  function count(address: string, change: 1 | -1): void {
    total += change;
    const now = (open.get(address) ?? 0) + change;
    if (now > 0) open.set(address, now);
    else open.delete(address);
  }

  return {
    admit(address, giveWay) {
      if (!budgetOf(address).spend(1)) return { why: 'it connects too often' };
      if ((open.get(address) ?? 0) >= limits.perAddress) return tooMany;
      if (total >= limits.total) {
        const stranger = oldestOfMost([...strangers]);
        if (stranger === undefined) return tooMany;
        stranger.leave();
        stranger.giveWay();
      }
      count(address, 1);
      let isOpen = true;
      const newcomer = { address, giveWay, leave };
      strangers.add(newcomer);

      function leave(): void {
        if (!isOpen) return;
        isOpen = false;
        strangers.delete(newcomer);
        count(address, -1);
      }
      return { leave, known: () => void strangers.delete(newcomer) };
    },
  };
}

const budgetsKept = 1024;
const tooMany: Refused = { why: 'there are too many connections' };

interface Stranger {
  address: string;
  giveWay: () => void;
  leave: () => void;
}

/** An address that has more of them than others has the less reason to complain. */
function oldestOfMost(strangers: readonly Stranger[]): Stranger | undefined {
  const counts = new Map<string, number>();
  for (const { address } of strangers) counts.set(address, (counts.get(address) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return strangers.find(({ address }) => counts.get(address) === most);
}
