/**
 * The numbers in a list as the kernel and libvirt write them: `0-3,8`, and libvirt's `^2` for one that
 * is not among them. Throws where it is none, or names numbers that no machine has.
 */
export function numbersFrom(list: string): number[] {
  const numbers = new Set<number>();
  for (const part of list.trim().split(',').filter(Boolean)) {
    const [, not, from, to = from] = /^(\^?)(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === undefined || last < first || last > most) {
      throw new Error(`unexpected list "${list.trim().slice(0, 40)}"`);
    }
    for (let number = first; number <= last; number += 1) {
      if (not === '^') numbers.delete(number);
      else numbers.add(number);
    }
  }
  return [...numbers].toSorted((a, b) => a - b);
}

/** Linux can be built for so many processors. */
const most = 8191;
