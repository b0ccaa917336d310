import { efiObstacles, machineText, subsystemText } from './efi-header.ts';
import type { ImageKind, Rom, RomImage, UefiVerdict } from './rom.ts';

/** As the UEFI specification tells what a PCI bus driver loads. */
export function uefiVerdict(rom: Omit<Rom, 'uefi'>): UefiVerdict {
  const obstacle = obstacleIn(rom);
  return obstacle === null
    ? { usable: true, reason: driverText(rom.images) }
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
function obstacleIn({ images, vendorHeaderBytes, problems }: Omit<Rom, 'uefi'>): string | null {
  const [problem] = problems;
  if (vendorHeaderBytes === null) return problem ?? '';
  if (!images.some(({ kind }) => kind === 'efi')) {
    const kinds = [...new Set(images.map(({ kind }) => kindTexts[kind]))].join(', ');
    return `It has no EFI image (only: ${kinds}): no picture before the guest's own driver starts.`;
  }
  if (problem !== undefined) return problem;
  const misaligned = images.findIndex(({ pci }) => pci.offset % 4 !== 0);
  if (misaligned !== -1) {
    return `UEFI does not get past image ${misaligned + 1}, whose PCI data structure is misaligned.`;
  }
  if (!images.some(isDriver)) return firstRefusal(images);
  if (vendorHeaderBytes > 0) {
    return (
      `UEFI does not look behind the ${vendorHeaderBytes} bytes in front of the first image; ` +
      'without them it can be used: `handglass vbios strip`.'
    );
  }
  return null;
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

function driverText(images: readonly RomImage[]): string {
  for (const [index, image] of images.entries()) {
    const { efi } = image;
    if (efi === null || !isDriver(image)) continue;
    const compressed = efi.compression === 0 ? '' : ', compressed';
    const what = `${subsystemText(efi.subsystem)} for ${machineText(efi.machine)}`;
    return `Image ${index + 1} is ${what}${compressed}.`;
  }
  return '';
}
