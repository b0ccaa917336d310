import { hex } from './hex.ts';

/*
 * The PCI data structure of an image, as the PCI Firmware Specification 3.x has it. All numbers are
 * little endian; pointers count from the structure's own start.
 *
 *   00  "PCIR"                        0c  revision: 0, or 3 since PCI 3.0 (u8)
 *   04  vendor (u16)                  0d  class: interface, subclass, base class (u8 each)
 *   06  device (u16)                  10  length of the image in blocks of 512 bytes (u16)
 *   08  pointer to the device list    12  revision of what is in the image (u16)
 *       (u16; of revision 0: none)    14  code type (u8)
 *   0a  its length (u16)              15  bit 7: the last image (u8)
 *
 * The device list has the ids of other devices that the image is for (u16 each), and ends with 0.
 */

export interface PciData {
  /** Where it is in the image. */
  offset: number;
  /** Of the structure itself, in bytes. */
  length: number;
  revision: number;
  /** Four hexadecimal digits. */
  vendor: string;
  device: string;
  /** From the structure's start; 0: none. */
  deviceListPointer: number;
  /** What the list there has, as far as it is in the image and no longer than 256. */
  otherDevices: string[];
  /** Six hexadecimal digits: base class, subclass, interface. */
  classCode: string;
  imageBytes: number;
  codeRevision: number;
  codeType: number;
  isLast: boolean;
}

export const blockBytes = 512;

/** The structure of the image that begins at `start`; null where there is none. */
export function pciDataOf(bytes: Buffer, start: number): PciData | null {
  // Where an image could begin at each byte, this is asked for as often: nothing is made before.
  if (start + headerBytes > bytes.length || bytes.readUInt16BE(start) !== signature) return null;
  const offset = bytes.readUInt16LE(start + 0x18);
  const dataAt = start + offset;
  if (dataAt + leastBytes > bytes.length || bytes.readUInt32BE(dataAt) !== pcir) return null;
  const data = bytes.subarray(dataAt);
  const revision = data[0x0c] ?? 0;
  const deviceListPointer = data.readUInt16LE(0x08);
  const imageBytes = data.readUInt16LE(0x10) * blockBytes;
  return {
    offset,
    length: data.readUInt16LE(0x0a),
    revision,
    vendor: hex(data.readUInt16LE(0x04), 4),
    device: hex(data.readUInt16LE(0x06), 4),
    deviceListPointer,
    // Before revision 3 the pointer led to vital product data, and then to nothing at all.
    otherDevices:
      revision < 3 || deviceListPointer === 0
        ? []
        : devicesIn(bytes.subarray(start, start + imageBytes), offset + deviceListPointer),
    classCode: hex(data.readUIntLE(0x0d, 3), 6),
    imageBytes,
    codeRevision: data.readUInt16LE(0x12),
    codeType: data[0x14] ?? 0,
    isLast: ((data[0x15] ?? 0) & 0x80) !== 0,
  };
}

/** 55 aa, as they follow each other. */
const signature = 0x55aa;
/** The letters. */
const pcir = 0x50434952;
/** Up to and with the pointer to the PCI data structure. */
const headerBytes = 0x1a;
/** Of the PCI data structure, in revision 0. */
const leastBytes = 0x18;
const mostDevices = 256;

function devicesIn(image: Buffer, start: number): string[] {
  const devices: string[] = [];
  for (let at = start; at + 2 <= image.length && devices.length < mostDevices; at += 2) {
    const device = image.readUInt16LE(at);
    if (device === 0) break;
    devices.push(hex(device, 4));
  }
  return devices;
}
