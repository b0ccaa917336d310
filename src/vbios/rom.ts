/**
 * A PCI expansion ROM is a chain of images, each of which says how long it is and whether it is the
 * last.
 */
import type { EfiHeader } from './efi-header.ts';
import type { PciData } from './pci-data.ts';

export interface Rom {
  /** All that was given. */
  bytes: number;
  /** What a vendor has put in front of the first image; null where there is no image. */
  vendorHeaderBytes: number | null;
  images: RomImage[];
  /** Whether the images follow each other, each is there to its end, and the last one says that it is. */
  isWhole: boolean;
  /** What comes after the last image. */
  trailingBytes: number;
  /** What is wrong with the chain, a sentence each. */
  problems: string[];
  uefi: UefiVerdict;
}

export interface RomImage {
  /** From the start of all that was given. */
  offset: number;
  /** As the image says; it may be cut off. */
  length: number;
  kind: ImageKind;
  pci: PciData;
  /** Only legacy images have one; `cut off`: not all that it is made of is there. */
  checksum: 'right' | 'wrong' | 'cut off' | null;
  /** Only EFI images have one. */
  efi: EfiHeader | null;
  /** What is wrong with it, a sentence each. */
  problems: string[];
}

/** What runs it: a PC's BIOS, Open Firmware, HP's PA-RISC, or UEFI. */
export type ImageKind = 'legacy' | 'open-firmware' | 'hp-pa' | 'efi' | 'unknown';

/** Whether the UEFI of a PC, such as a guest's OVMF, finds its driver for the card here. */
export interface UefiVerdict {
  usable: boolean;
  /** Why, or why not, in sentences. */
  reason: string;
}
