/** What an archive keeps of a card's ROM: its headers, and none of the vendor's program. */
import { isDeepStrictEqual } from 'node:util';
import { parseRom } from '../vbios/parse.ts';
import type { Rom } from '../vbios/rom.ts';

export interface BytePart {
  at: number;
  base64: string;
}

/**
 * The parts of a file from which, with zeros between them, the same is read as from all of it. Throws
 * where that cannot be had.
 */
export function romParts(bytes: Buffer, rom: Rom): BytePart[] {
  const ranges = rom.images.flatMap(({ offset, pci }): [number, number][] => {
    const data = offset + pci.offset;
    const list = data + pci.deviceListPointer;
    return [
      [offset, offset + headerBytes],
      [data, data + leastDataBytes],
      [list, list + 2 * (pci.otherDevices.length + 1)],
    ];
  });
  if (rom.images.length === 0) ranges.push([0, 2]);
  const fit = ranges.map(([start, end]): [number, Buffer] => [start, bytes.subarray(start, end)]);
  const parts = fit.map(([at, part]) => ({ at, base64: part.toString('base64') }));
  parts.push(
    ...rom.images.flatMap((image) => balance(bytesOf(bytes.length, parts), image, ranges)),
  );
  if (!isDeepStrictEqual(parseRom(bytesOf(bytes.length, parts)), rom)) {
    throw new Error('the ROM is too unusual for the archive');
  }
  return parts;
}

/** The file that these parts stand for. */
export function bytesOf(size: number, parts: readonly BytePart[]): Buffer {
  const bytes = Buffer.alloc(size);
  for (const { at, base64 } of parts) if (at < size) bytes.write(base64, at, 'base64');
  return bytes;
}

/** Up to and with the pointers to the PCI data structure and to what EFI starts. */
const headerBytes = 0x1c;
const leastDataBytes = 0x18;

/** One byte between the parts keeps the sum of them all right, or wrong. */
function balance(
  bytes: Buffer,
  { offset, length, checksum }: Rom['images'][number],
  ranges: readonly [number, number][],
): BytePart[] {
  if (checksum === null || checksum === 'cut off') return [];
  const size = (bytes[offset + 2] ?? 0) * 512 || length;
  let sum = 0;
  for (let at = offset; at < offset + size; at += 1) sum += bytes[at] ?? 0;
  const needed = (256 - (sum % 256) + (checksum === 'right' ? 0 : 1)) % 256;
  for (let at = offset + size - 1; at > offset; at -= 1) {
    if (ranges.some(([start, end]) => at >= start && at < end)) continue;
    return [{ at, base64: Buffer.from([needed]).toString('base64') }];
  }
  return [];
}
