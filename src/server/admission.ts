/**
 * How many connections are open at the same time, and how often an address may come. Whoever has not
 * said who it is counts for its address and gives way where there are too many, so that no crowd of
 * strangers keeps out those who may come in. A guest counts for itself, so that several at one address
 * (behind one NAT, in one IPv6 network) keep each other from nothing. Whoever comes too often waits in
 * line, since a guest comes by the same address as all else that runs in its domain, such as the pages
 * in its browser.
 */
import type { Clock } from '../host/ports.ts';
import { networkOf } from './addresses.ts';
import { createBudget, type Budget } from './budget.ts';
import { createWaitingLine, ofLargestNetwork } from './waiting-line.ts';

export interface Admission {
  /**
   * Resolves at once, or after a while where the address comes too often.
   *
   * @param giveWay ends the connection, for the sake of a newer one
   * @param gone it has ended by itself
   */
  admit(address: string, giveWay: () => void, gone: AbortSignal): Promise<Admitted | Refused>;
}

/** Why a connection must be refused, as a clause. */
export interface Refused {
  why: string;
}

export interface Admitted {
  /**
   * It is known who that is: this one gives way to nobody any more.
   *
   * @param guest whose connection it is, where it is a guest's; false where that one has too many
   */
  known(guest?: string): boolean;
  /** To be called when the connection has ended. */
  leave(): void;
}

export interface AdmissionLimits {
  total: number;
  /** Of those who have not said who they are. */
  perAddress: number;
  perGuest: number;
  /**
   * How often an address may come in a second without waiting; four times as often at once. Of those
   * who wait, at all addresses together, ten times as many are let in.
   */
  perSecond: number;
}

/** @param random a number from 0 to 1, not 1 itself */
export function createAdmission(
  clock: Pick<Clock, 'now' | 'sleep'>,
  limits: AdmissionLimits,
  random?: () => number,
): Admission {
  const waitingLine = createWaitingLine(clock, 10 * limits.perSecond, random);
  /** The oldest first. */
  const strangers = new Set<Stranger>();
  /** How many connections each guest has. */
  const guests = new Map<string, number>();
  /** By network, the one that came last at the end. */
  const budgets = new Map<string, Budget>();
  let total = 0;

  /** Whoever has more networks than are kept has as many budgets anyway. */
  function budgetOf(network: string): Budget {
    const budget =
      budgets.get(network) ?? createBudget(clock, limits.perSecond, 4 * limits.perSecond);
    budgets.delete(network);
    budgets.set(network, budget);
    const [oldest] = budgets.keys();
    if (budgets.size > budgetsKept && oldest !== undefined) budgets.delete(oldest);
    return budget;
  }

  /** False where nobody can. */
  function makeRoom(network: string): boolean {
    const neighbours = [...strangers].filter((each) => each.network === network);
    const hasTooMany = neighbours.length >= limits.perAddress;
    if (!hasTooMany && total < limits.total) return true;
    const [stranger] = ofLargestNetwork(hasTooMany ? neighbours : [...strangers]);
    stranger?.leave();
    stranger?.giveWay();
    return stranger !== undefined;
  }

  return {
    async admit(address, giveWay, gone) {
      const network = networkOf(address);
      if (!budgetOf(network).spend(1) && !(await waitingLine.turn(network, gone))) {
        return { why: 'it connects too often' };
      }
      if (!makeRoom(network)) return { why: 'there are too many connections' };
      total += 1;
      let isOpen = true;
      let owner: string | undefined;
      const newcomer = { network, giveWay, leave };
      strangers.add(newcomer);

      function leave(): void {
        if (!isOpen) return;
        isOpen = false;
        total -= 1;
        strangers.delete(newcomer);
        if (owner === undefined) return;
        const left = (guests.get(owner) ?? 0) - 1;
        if (left > 0) guests.set(owner, left);
        else guests.delete(owner);
      }

      function known(guest?: string): boolean {
        const has = guest === undefined ? 0 : (guests.get(guest) ?? 0);
        if (has >= limits.perGuest) return false;
        strangers.delete(newcomer);
        if (guest === undefined || !isOpen) return true;
        owner = guest;
        guests.set(guest, has + 1);
        return true;
      }
      return { leave, known };
    },
  };
}

const budgetsKept = 1024;

interface Stranger {
  network: string;
  giveWay: () => void;
  leave: () => void;
}
