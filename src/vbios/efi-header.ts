import { hex } from './hex.ts';
import { blockBytes, type PciData } from './pci-data.ts';

/*
 * How an image of code type 3 begins, as the UEFI specification has it ("EFI PCI Expansion ROM
 * header"). All numbers are little endian; pointers count from the image's own start.
 *
 *   00  55 aa                                      0a  machine type, as in the PE image (u16)
 *   02  initialization size in blocks of 512       0c  0: plain, 1: compressed by the algorithm of
 *       bytes, with this header (u16)                  EFI 1.10 (u16)
 *   04  0x0ef1 (u32)                               16  pointer to the PE image (u16)
 *   08  subsystem, as in the PE image (u16)        18  pointer to the PCI data structure (u16)
 */

export interface EfiHeader {
  /** 0x0ef1 where the header is one. */
  signature: number;
  initializationBytes: number;
  subsystem: number;
  machine: number;
  /** 0: plain, 1: as EFI 1.10 has it. */
  compression: number;
  /** Where the PE image begins in the image. */
  imageOffset: number;
}

/** The header of an image whose PCI data structure was found, so that it is whole. */
export function efiHeaderOf(image: Buffer): EfiHeader {
  return {
    signature: image.readUInt32LE(0x04),
    initializationBytes: image.readUInt16LE(0x02) * blockBytes,
    subsystem: image.readUInt16LE(0x08),
    machine: image.readUInt16LE(0x0a),
    compression: image.readUInt16LE(0x0c),
    imageOffset: image.readUInt16LE(0x16),
  };
}

/** Why the UEFI of a PC loads nothing from such an image, a sentence each; none where it does. */
export function efiObstacles(header: EfiHeader, { imageBytes }: PciData): string[] {
  const { signature, initializationBytes, subsystem, machine, compression, imageOffset } = header;
  if (signature !== efiSignature) {
    return [`Its EFI header has the signature 0x${hex(signature, 8)}, not 0x00000ef1.`];
  }
  const obstacles: string[] = [];
  if (machine !== x64) obstacles.push(`It is for ${machineText(machine)}, not for x64.`);
  if (!drivers.has(subsystem)) obstacles.push(`It is ${subsystemText(subsystem)}, not a driver.`);
  if (compression > 1) obstacles.push(`Its compression ${compression} is none that UEFI knows.`);
  if (initializationBytes > imageBytes) {
    obstacles.push(`It wants ${initializationBytes} bytes to start, and has ${imageBytes}.`);
  }
  if (imageOffset >= initializationBytes) {
    obstacles.push(
      `Its program is at byte ${imageOffset}, behind the ${initializationBytes} bytes to start.`,
    );
  }
  return obstacles;
}

/** `x64`, or what else a PE image can be for. */
export function machineText(machine: number): string {
  return machines.get(machine) ?? `the machine type 0x${hex(machine, 4)}`;
}

/** `an EFI boot driver`, or what else. */
export function subsystemText(subsystem: number): string {
  return subsystems.get(subsystem) ?? `of the subsystem ${subsystem}`;
}

const efiSignature = 0x0ef1;
const x64 = 0x8664;

/** Boot and runtime drivers: what a PCI bus driver has to load; it ignores applications. */
const drivers = new Set([11, 12]);

const subsystems = new Map([
  [10, 'an EFI application'],
  [11, 'an EFI boot driver'],
  [12, 'an EFI runtime driver'],
]);

const machines = new Map([
  [0x014c, 'x86 with 32 bits'],
  [0x0200, 'Itanium'],
  [0x0ebc, 'EFI byte code'],
  [0x01c2, 'ARM with 32 bits'],
  [0x5064, 'RISC-V'],
  [x64, 'x64'],
  [0xaa64, 'ARM with 64 bits'],
]);
