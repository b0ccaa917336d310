/**
 * How many connections are open at the same time. Whoever has not said who it is gives way where there
 * are too many, so that no crowd of strangers keeps out those who may come in.
 */
export interface Admission {
  /**
   * Null for a connection that must be refused.
   *
   * @param giveWay ends the connection, for the sake of a newer one
   */
  admit(address: string, giveWay: () => void): Admitted | null;
}

export interface Admitted {
  /** It is known who that is: this one gives way to nobody any more. */
  known(): void;
  /** To be called when the connection has ended. */
  leave(): void;
}

/** @param limits how many connections may be open in all, and from one address */
export function createAdmission(limits: { total: number; perAddress: number }): Admission {
  const open = new Map<string, number>();
  /** The oldest first. */
  const strangers = new Set<Stranger>();
  let total = 0;

  function count(address: string, change: 1 | -1): void {
    total += change;
    const now = (open.get(address) ?? 0) + change;
    if (now > 0) open.set(address, now);
    else open.delete(address);
  }

  return {
    admit(address, giveWay) {
      if ((open.get(address) ?? 0) >= limits.perAddress) return null;
      if (total >= limits.total) {
        const stranger = oldestOfMost([...strangers]);
        if (stranger === undefined) return null;
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
