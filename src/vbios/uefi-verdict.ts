import { efiObstacles, machineText, subsystemText } from './efi-header.ts';
import type { PciData } from './pci-data.ts';
import type { ImageKind, Rom, RomImage, UefiVerdict } from './rom.ts';

/**
 * As the UEFI specification tells what a PCI bus driver loads, and as that of edk2, which OVMF has, goes
 * through a ROM: it gives up at the first image that is not as it has to be, and loads from those before.
 * Checksums are no matter to it.
 */
export function uefiVerdict(rom: Omit<Rom, 'uefi'>): UefiVerdict {
  const obstacle = obstacleIn(rom);
  return obstacle === null
    ? { usable: true, reason: driverText(rom) }
    : { usable: false, reason: obstacle };
}

/** A kind of images in the words of a sentence. */
export const kindTexts: Record<ImageKind, string> = {
  legacy: 'legacy x86',
  'open-firmware': 'Open Firmware',
  'hp-pa': 'HP PA-RISC',
  efi: 'EFI',
  unknown: 'unknown',
};

/** The first thing that stands in the way; null where nothing does. */
function obstacleIn(rom: Omit<Rom, 'uefi'>): string | null {
  const { images, vendorHeaderBytes, problems } = rom;
  if (vendorHeaderBytes === null) return problems[0] ?? '';
  if (!images.some(({ kind }) => kind === 'efi')) {
    const kinds = [...new Set(images.map(({ kind }) => kindTexts[kind]))].join(', ');
    return `It has no EFI image (only: ${kinds}): no picture before the guest's own driver starts.`;
  }
  const reached = reachedIn(rom);
  const endless = reached.findIndex(({ length, pci }) => length === 0 && !pci.isLast);
  if (endless !== -1) {
    return `UEFI does not get past image ${endless + 1}, which has no length and is not the last.`;
  }
  if (!reached.some(isDriver)) {
    const isBehind = images.slice(reached.length).some(isDriver);
    return isBehind ? endOf(rom, reached.length) : firstRefusal(images);
  }
  if (vendorHeaderBytes > 0) {
    return (
      `UEFI does not look behind the ${vendorHeaderBytes} bytes in front of the first image; ` +
      'without them it can be used: `handglass vbios strip`.'
    );
  }
  return null;
}

/** The images that are as they have to be, up to the first that is not. */
function reachedIn({ images, bytes }: Omit<Rom, 'uefi'>): RomImage[] {
  const end = images.findIndex(
    ({ offset, length, pci }) => isMisaligned(pci) || offset + length > bytes,
  );
  return end === -1 ? images : images.slice(0, end);
}

function isMisaligned({ offset }: PciData): boolean {
  return offset % 4 !== 0;
}

/** Why UEFI does not look at this image: it is misaligned, or cut off, which the last problem says. */
function endOf({ images, problems }: Omit<Rom, 'uefi'>, index: number): string {
  const image = images[index];
  return image !== undefined && isMisaligned(image.pci)
    ? `UEFI does not get past image ${index + 1}, whose PCI data structure is misaligned.`
    : (problems.at(-1) ?? '');
}

function isDriver({ efi, pci }: RomImage): boolean {
  return efi !== null && efiObstacles(efi, pci).length === 0;
}

function firstRefusal(images: readonly RomImage[]): string {
  for (const [index, { efi, pci }] of images.entries()) {
    if (efi === null) continue;
    return `Image ${index + 1} is EFI, but is not loaded. ${efiObstacles(efi, pci).join(' ')}`;
  }
  return '';
}

function driverText({ images, problems }: Omit<Rom, 'uefi'>): string {
  for (const [index, image] of images.entries()) {
    const { efi } = image;
    if (efi === null || !isDriver(image)) continue;
    const compressed = efi.compression === 0 ? '' : ', compressed';
    const what = `${subsystemText(efi.subsystem)} for ${machineText(efi.machine)}`;
    const isRestWrong =
      problems.length > 0 ||
      images.some(({ checksum, pci }) => checksum === 'wrong' || isMisaligned(pci));
    const rest = isRestWrong ? '; what is wrong with the rest does not keep UEFI from it' : '';
    return `Image ${index + 1} is ${what}${compressed}${rest}.`;
  }
  return '';
}
