/**
 * A second reader of expansion ROMs, made from the tables of the PCI Firmware Specification 3.x and of
 * the UEFI specification, and from what edk2's PCI bus driver does with an image that breaks them, and in
 * another way than the product's: the layouts are data, what UEFI gets to is gone through by itself, and
 * every byte is asked for one by one, so that one outside of the ROM is an error of the test.
 */

/** What both readers have to agree about. */
export interface ReferenceRom {
  start: number | null;
  images: Record<string, unknown>[];
  isWhole: boolean;
  trailing: number;
  usable: boolean;
}

type Layout = Record<string, readonly [offset: number, bytes: number]>;

const romHeader = { signature1: [0, 1], signature2: [1, 1], pcirPointer: [0x18, 2] } as const;

const pcir = {
  p: [0x00, 1],
  c: [0x01, 1],
  i: [0x02, 1],
  r: [0x03, 1],
  vendor: [0x04, 2],
  device: [0x06, 2],
  deviceList: [0x08, 2],
  length: [0x0a, 2],
  revision: [0x0c, 1],
  classInterface: [0x0d, 1],
  classSub: [0x0e, 1],
  classBase: [0x0f, 1],
  imageLength: [0x10, 2],
  codeRevision: [0x12, 2],
  codeType: [0x14, 1],
  indicator: [0x15, 1],
  reserved: [0x16, 2],
} as const;

const efiHeader = {
  initializationSize: [0x02, 2],
  signature: [0x04, 4],
  subsystem: [0x08, 2],
  machine: [0x0a, 2],
  compression: [0x0c, 2],
  imageOffset: [0x16, 2],
} as const;

export function referenceRom(bytes: Uint8Array): ReferenceRom {
  const start = findStart(bytes);
  const found: { at: number; end: number; image: Record<string, unknown> }[] = [];
  let isWhole = false;
  let hasGap = false;
  let at = start;
  while (at !== null && found.length < 64) {
    const facts = readImage(bytes, at);
    if (facts === null) {
      if (at + 1 >= bytes.length || isSigned(bytes, at)) break;
      hasGap = true;
      at += 512;
      continue;
    }
    const end: number = at + facts.pcir.imageLength * 512;
    found.push({ at, end, image: describe(bytes, at, facts) });
    const isLast = facts.pcir.indicator >= 128;
    if (end === at || end > bytes.length) break;
    isWhole = isLast && !hasGap;
    at = isLast ? null : end;
  }
  const end = found.at(-1)?.end ?? bytes.length;
  return {
    start: found.length === 0 ? null : start,
    images: found.map(({ image }) => image),
    isWhole,
    trailing: end < bytes.length ? bytes.length - end : 0,
    usable: findsDriver(bytes),
  };
}

/**
 * The steps of edk2: no image at the start ends them, a block that does not begin as one is skipped behind
 * the first, a structure that is misaligned or not there and an image that does not fit end them, and one
 * without a length is where they stay, unless it is the last.
 */
function findsDriver(bytes: Uint8Array): boolean {
  let at = 0;
  let count = 0;
  let isFound = false;
  while (at + 1 < bytes.length) {
    if (!isSigned(bytes, at)) {
      if (count === 0) return false;
      at += 512;
      continue;
    }
    const facts = readImage(bytes, at);
    if (facts === null || facts.header.pcirPointer % 4 !== 0) return isFound;
    const { imageLength, indicator } = facts.pcir;
    count += 1;
    if (count > 64 || at + imageLength * 512 > bytes.length) return isFound;
    if (facts.efi !== null && isLoaded(facts.efi, imageLength)) isFound = true;
    if (indicator >= 128) return isFound;
    if (imageLength === 0) return false;
    at += imageLength * 512;
  }
  return isFound;
}

function isSigned(bytes: Uint8Array, at: number): boolean {
  return byteAt(bytes, at) === 0x55 && byteAt(bytes, at + 1) === 0xaa;
}

interface Facts {
  header: Record<keyof typeof romHeader, number>;
  pcir: Record<keyof typeof pcir, number>;
  efi: Record<keyof typeof efiHeader, number> | null;
}

function findStart(bytes: Uint8Array): number | null {
  for (let at = 0; at + 1 < bytes.length; at += 1) {
    if (!isSigned(bytes, at)) continue;
    if (readImage(bytes, at) !== null) return at;
    if (at === 0) return null;
  }
  return null;
}

function readImage(bytes: Uint8Array, at: number): Facts | null {
  const header = read(bytes, at, romHeader);
  if (header === null || header.signature1 !== 0x55 || header.signature2 !== 0xaa) return null;
  const data = read(bytes, at + header.pcirPointer, pcir);
  if (data === null) return null;
  if (String.fromCodePoint(data.p, data.c, data.i, data.r) !== 'PCIR') return null;
  return { header, pcir: data, efi: data.codeType === 3 ? read(bytes, at, efiHeader) : null };
}

function describe(bytes: Uint8Array, at: number, facts: Facts): Record<string, unknown> {
  const { header, pcir: data, efi } = facts;
  return {
    offset: at,
    length: data.imageLength * 512,
    kind: { 0: 'legacy', 1: 'open-firmware', 2: 'hp-pa', 3: 'efi' }[data.codeType] ?? 'unknown',
    checksum: data.codeType === 0 ? checksum(bytes, at, data.imageLength) : null,
    pciAt: header.pcirPointer,
    pciLength: data.length,
    revision: data.revision,
    vendor: hex(data.vendor, 4),
    device: hex(data.device, 4),
    deviceList: data.deviceList,
    devices: devices(bytes, at, facts).map((id) => hex(id, 4)),
    classCode: [data.classBase, data.classSub, data.classInterface]
      .map((part) => hex(part, 2))
      .join(''),
    codeRevision: data.codeRevision,
    codeType: data.codeType,
    isLast: data.indicator >= 128,
    efi:
      efi === null
        ? null
        : [
            efi.signature,
            efi.initializationSize * 512,
            efi.subsystem,
            efi.machine,
            efi.compression,
            efi.imageOffset,
          ],
  };
}

function hex(value: number, digits: number): string {
  return `000000${value.toString(16)}`.slice(-digits);
}

function devices(bytes: Uint8Array, at: number, { header, pcir: data }: Facts): number[] {
  const list: number[] = [];
  if (data.revision < 3 || data.deviceList === 0) return list;
  let next = at + header.pcirPointer + data.deviceList;
  const end = Math.min(bytes.length, at + data.imageLength * 512);
  while (next + 1 < end && list.length < 256) {
    const id = byteAt(bytes, next) + 256 * byteAt(bytes, next + 1);
    if (id === 0) break;
    list.push(id);
    next += 2;
  }
  return list;
}

function checksum(bytes: Uint8Array, at: number, blocks: number): string {
  const said = byteAt(bytes, at + 2);
  const size = 512 * (said === 0 ? blocks : said);
  if (at + size > bytes.length) return 'cut off';
  let sum = 0;
  for (let index = at; index < at + size; index += 1) sum = (sum + byteAt(bytes, index)) & 0xff;
  return sum === 0 ? 'right' : 'wrong';
}

/** What the UEFI specification has a PCI bus driver load, on a PC. */
function isLoaded(efi: Record<keyof typeof efiHeader, number>, imageBlocks: number): boolean {
  return (
    efi.signature === 0xef1 &&
    (efi.subsystem === 0x0b || efi.subsystem === 0x0c) &&
    efi.machine === 34_404 &&
    (efi.compression === 0 || efi.compression === 1) &&
    efi.initializationSize <= imageBlocks &&
    efi.imageOffset < 512 * efi.initializationSize
  );
}

/** All fields of a structure; null where it is not all there. */
function read<L extends Layout>(
  bytes: Uint8Array,
  base: number,
  layout: L,
): Record<keyof L, number> | null {
  const values: Record<string, number> = {};
  for (const [name, [offset, size]] of Object.entries(layout)) {
    if (base + offset + size > bytes.length) return null;
    let value = 0;
    for (let index = size - 1; index >= 0; index -= 1) {
      value = value * 256 + byteAt(bytes, base + offset + index);
    }
    values[name] = value;
  }
  return values as Record<keyof L, number>;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError(`byte ${at} of ${bytes.length}`);
  return byte;
}
