/** A region of memory or ports that a PCI device is reached by (base address register). */
export interface PciBar {
  /** 0 to 5. */
  number: number;
  kind: 'memory' | 'io';
  /** Bytes. */
  size: number;
  prefetchable: boolean;
  is64Bit: boolean;
  /** Sizes in bytes that it could have, from the smallest; null where it has but one, or none is told. */
  resizableTo: number[] | null;
}

/** Flags of Linux's include/linux/ioport.h. */
const [io, memory, prefetch, memory64] = [0x100, 0x200, 0x2000, 0x10_0000];
const mostBars = 6;

/**
 * The BARs in a `resource` file, of which each line is a region's first and last address and its flags:
 *
 *     0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200   BAR 0: 16 MiB of memory
 *
 * The lines after the sixth are the ROM and what bridges pass on. Throws where a line is none of these.
 */
export function barsFrom(resource: string): PciBar[] {
  return resource
    .split('\n')
    .filter(Boolean)
    .slice(0, mostBars)
    .flatMap((line, number) => {
      const [, first, last, flagText] =
        /^(0x[\da-f]+) (0x[\da-f]+) (0x[\da-f]+)$/i.exec(line) ?? [];
      if (first === undefined || last === undefined) throw new Error(`unexpected line "${line}"`);
      const flags = Number(BigInt(flagText ?? 0) & 0xffff_ffffn);
      if ((flags & (io | memory)) === 0) return [];
      const size = Number(BigInt(last) - BigInt(first) + 1n);
      if (size <= 0) throw new Error(`unexpected line "${line}"`);
      return [
        {
          number,
          kind: (flags & io) === 0 ? ('memory' as const) : ('io' as const),
          size,
          prefetchable: (flags & prefetch) !== 0,
          is64Bit: (flags & memory64) !== 0,
          resizableTo: null,
        },
      ];
    });
}

/** The sizes in a `resource0_resize` file, a bitmap in which bit n stands for 2ⁿ MiB. */
export function resizesFrom(text: string): number[] {
  if (!/^(0x)?[\da-f]{1,16}$/i.test(text)) throw new Error(`unexpected content "${text}"`);
  const bits = BigInt(text.startsWith('0x') ? text : `0x${text}`);
  return Array.from({ length: 44 }, (_, bit) => bit)
    .filter((bit) => ((bits >> BigInt(bit)) & 1n) === 1n)
    .map((bit) => 2 ** bit * 1024 ** 2);
}
