/**
 * A ROM's content is anybody's: whatever it is, nothing is thrown, nothing is read outside of it, and
 * it is gone through once.
 */
import { efiHeaderOf, efiObstacles } from './efi-header.ts';
import { blockBytes, pciDataOf, type PciData } from './pci-data.ts';
import type { ImageKind, Rom, RomImage } from './rom.ts';
import { uefiVerdict } from './uefi-verdict.ts';

/** What is in these bytes. */
export function parseRom(bytes: Buffer): Rom {
  const start = startOf(bytes);
  const chain = start === null ? noChain(bytes) : chainFrom(bytes, start);
  const last = chain.images.at(-1);
  const facts = {
    bytes: bytes.length,
    vendorHeaderBytes: last === undefined ? null : start,
    images: chain.images,
    isWhole: last !== undefined && chain.problems.length === 0,
    trailingBytes: last === undefined ? 0 : Math.max(0, bytes.length - last.offset - last.length),
    problems: chain.problems,
  };
  return { ...facts, uefi: uefiVerdict(facts) };
}

/** The bytes from the first image on; null where there is no image. */
export function withoutVendorHeader(bytes: Buffer): Buffer | null {
  const start = startOf(bytes);
  return start === null ? null : bytes.subarray(start);
}

/** More than any card has: what follows is not looked at. */
const mostImages = 64;

interface Chain {
  images: RomImage[];
  problems: string[];
}

/**
 * Where the first image is. In a vendor's header 55 aa can come by chance: there, only with a PCI data
 * structure do they begin an image.
 */
function startOf(bytes: Buffer): number | null {
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== 0x55) continue;
    if (pciDataOf(bytes, at) !== null) return at;
    // A ROM that begins as one does has no header of a vendor, only a damage.
    if (at === 0 && bytes[1] === 0xaa) return null;
  }
  return null;
}

function noChain(bytes: Buffer): Chain {
  const problem =
    bytes[0] === 0x55 && bytes[1] === 0xaa
      ? 'It begins as an image does (55 aa), but has no PCI data structure.'
      : 'No image is in it.';
  return { images: [], problems: [problem] };
}

function chainFrom(bytes: Buffer, start: number): Chain {
  const images: RomImage[] = [];
  const problems: string[] = [];
  const endedBy = (text: string): Chain => ({ images, problems: [...problems, text] });
  for (let offset = start; ;) {
    const image = nextImage(bytes, offset);
    const number = images.length + 1;
    if (image === null) {
      return endedBy(`Image ${images.length} is not marked as the last, and none follows it.`);
    }
    if (number > mostImages) return endedBy(`There are more than ${mostImages} images.`);
    if (image.offset > offset) {
      problems.push(
        `Between images ${number - 1} and ${number} are ${image.offset - offset} bytes of no image.`,
      );
    }
    images.push(image);
    offset = image.offset + image.length;
    if (image.length === 0) return endedBy(`Image ${number} says that it has no length.`);
    if (offset > bytes.length) {
      return endedBy(
        `Image ${number} is cut off: of its ${image.length} bytes ` +
          `${bytes.length - image.offset} are there.`,
      );
    }
    if (image.pci.isLast) return { images, problems };
  }
}

/** As edk2 looks for it: block after block as long as none begins as an image does. */
function nextImage(bytes: Buffer, offset: number): RomImage | null {
  for (let at = offset; at + 1 < bytes.length; at += blockBytes) {
    if (bytes[at] === 0x55 && bytes[at + 1] === 0xaa) return imageAt(bytes, at);
  }
  return null;
}

function imageAt(bytes: Buffer, offset: number): RomImage | null {
  const pci = pciDataOf(bytes, offset);
  if (pci === null) return null;
  const rest = bytes.subarray(offset);
  const kind = kinds[pci.codeType] ?? 'unknown';
  const efi = kind === 'efi' ? efiHeaderOf(rest) : null;
  const checksum = kind === 'legacy' ? checksumOf(rest, pci) : null;
  const problems = [
    ...structureProblems(pci),
    ...(checksum === 'wrong' ? ['Its checksum is wrong.'] : []),
    ...(efi === null ? [] : efiObstacles(efi, pci)),
  ];
  return { offset, length: pci.imageBytes, kind, pci, checksum, efi, problems };
}

const kinds: readonly ImageKind[] = ['legacy', 'open-firmware', 'hp-pa', 'efi'];

/**
 * A BIOS adds up the bytes of the size that it starts with (u8 at 2, in blocks), modulo 256, and wants
 * 0; the rest of a longer image does not count.
 */
function checksumOf(image: Buffer, { imageBytes }: PciData): RomImage['checksum'] {
  const size = (image[2] ?? 0) * blockBytes || imageBytes;
  if (size > image.length) return 'cut off';
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += image[at] ?? 0;
  return sum % 256 === 0 ? 'right' : 'wrong';
}

function structureProblems({ offset, length, imageBytes }: PciData): string[] {
  if (offset % 4 !== 0) return [`Its PCI data structure is at byte ${offset}, no multiple of 4.`];
  return offset + length > imageBytes && imageBytes > 0
    ? ['Its PCI data structure reaches beyond its end.']
    : [];
}
