/** Counts open connections; one that would be too many is not admitted. */
export interface Admission {
  /** Returns what to call when the connection ends, or null where it must be refused. */
  admit(address: string): (() => void) | null;
}

/** @param limits how many connections may be open in all, and from one address */
export function createAdmission(limits: { total: number; perAddress: number }): Admission {
  const open = new Map<string, number>();
  let total = 0;

  return {
    admit(address) {
      const here = open.get(address) ?? 0;
      if (total >= limits.total || here >= limits.perAddress) return null;
      total += 1;
      open.set(address, here + 1);
      return () => {
        total -= 1;
        const left = (open.get(address) ?? 0) - 1;
        if (left > 0) open.set(address, left);
        else open.delete(address);
      };
    },
  };
}
