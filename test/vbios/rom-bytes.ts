/** ROMs as vendors make them, and as nobody should. */
import {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  record,
  tuple,
  uint8Array,
  type Arbitrary,
} from 'fast-check';

export interface ImageSpec {
  codeType?: number;
  /** Of 512 bytes each. */
  blocks?: number;
  /** Where the PCI data structure is. */
  pciAt?: number;
  revision?: number;
  vendor?: number;
  device?: number;
  /** Behind the structure; one of revision 3 points there. */
  otherDevices?: readonly number[];
  classCode?: number;
  codeRevision?: number;
  isLast?: boolean;
  /** What the image says of its length, where it lies. */
  saidBlocks?: number;
  /** u8 at 2 of a legacy image, u16 of an EFI image. */
  startBlocks?: number;
  /** Legacy: makes the sum of the bytes 0. */
  isSummed?: boolean;
  efi?: Partial<EfiSpec>;
  /** Of the rest of the image. */
  filler?: number;
}

interface EfiSpec {
  signature: number;
  subsystem: number;
  machine: number;
  compression: number;
  imageAt: number;
}

/** One legacy image that is right and the last, unless told. */
export function imageBytes(spec: ImageSpec = {}): Buffer {
  const { codeType = 0, blocks = 2, pciAt = 0x1c, revision = 3, otherDevices = [] } = spec;
  const bytes = Buffer.alloc(blocks * 512, spec.filler ?? 0);
  const put = (offset: number, size: number, value: number) => {
    if (offset + size <= bytes.length) bytes.writeUIntLE(value, offset, size);
  };
  put(0, 2, 0xaa55);
  const start = spec.startBlocks ?? blocks;
  if (codeType === 3) {
    put(0x02, 2, start);
    put(0x04, 4, spec.efi?.signature ?? 0x0ef1);
    put(0x08, 2, spec.efi?.subsystem ?? 11);
    put(0x0a, 2, spec.efi?.machine ?? 0x8664);
    put(0x0c, 2, spec.efi?.compression ?? 0);
    put(0x16, 2, spec.efi?.imageAt ?? 0x80);
  } else {
    put(0x02, 1, start & 0xff);
  }
  put(0x18, 2, pciAt);
  put(pciAt, 4, 0x52494350);
  put(pciAt + 0x04, 2, spec.vendor ?? 0x10de);
  put(pciAt + 0x06, 2, spec.device ?? 0x1b81);
  put(pciAt + 0x08, 2, otherDevices.length === 0 ? 0 : 0x1c);
  put(pciAt + 0x0a, 2, revision < 3 ? 0x18 : 0x1c);
  put(pciAt + 0x0c, 1, revision);
  put(pciAt + 0x0d, 3, spec.classCode ?? 0x030000);
  put(pciAt + 0x10, 2, spec.saidBlocks ?? blocks);
  put(pciAt + 0x12, 2, spec.codeRevision ?? 1);
  put(pciAt + 0x14, 1, codeType);
  put(pciAt + 0x15, 1, spec.isLast === false ? 0 : 0x80);
  if (otherDevices.length > 0) {
    for (const [index, device] of [...otherDevices, 0].entries()) {
      put(pciAt + 0x1c + 2 * index, 2, device);
    }
  }
  if (codeType === 0 && spec.isSummed !== false) {
    const summed = bytes.subarray(0, (start & 0xff) * 512 || bytes.length);
    const sum = summed.reduce((total, byte) => total + byte, 0);
    const last = summed.length - 1;
    summed[last] = ((summed[last] ?? 0) - sum) & 0xff;
  }
  return bytes;
}

/** A GTX's, more or less: a legacy image, and an EFI driver that is compressed. */
export function cardBytes(): Buffer {
  return Buffer.concat([
    imageBytes({ isLast: false, blocks: 4 }),
    imageBytes({ codeType: 3, blocks: 3, efi: { compression: 1 } }),
  ]);
}

const often = <T>(usual: T, others: Arbitrary<T>) =>
  oneof({ weight: 6, arbitrary: constant(usual) }, { weight: 1, arbitrary: others });
const u8 = integer({ min: 0, max: 0xff });
const u16 = integer({ min: 0, max: 0xffff });

const image: Arbitrary<ImageSpec> = record(
  {
    codeType: oneof(constantFrom(0, 3, 3), constantFrom(1, 2, 4, 0xe0, 0xff)),
    blocks: integer({ min: 1, max: 5 }),
    pciAt: often(0x1c, oneof(constantFrom(0x40, 0x1a, 0x1f0, 0x3fc), u16)),
    revision: constantFrom(0, 3, 3, 2, 4),
    vendor: u16,
    device: u16,
    otherDevices: array(u16, { maxLength: 6 }),
    classCode: integer({ min: 0, max: 0xffffff }),
    codeRevision: u16,
    saidBlocks: u16,
    startBlocks: u16,
    isSummed: boolean(),
    isLast: boolean(),
    efi: record({
      signature: often(0x0ef1, constantFrom(0, 0x0ef10000, 0xffffffff)),
      subsystem: often(11, constantFrom(10, 12, 13, 0)),
      machine: often(0x8664, constantFrom(0x014c, 0xaa64, 0x0ebc, 0xffff)),
      compression: often(1, constantFrom(0, 2, 0xffff)),
      imageAt: often(0x80, u16),
    }),
    filler: constantFrom(0, 0xff, 0x55, 0xaa),
  },
  { requiredKeys: ['codeType', 'efi'] },
);

/** Now and then an image says something of itself that is not so, or blocks without any are behind it. */
const chain = array(tuple(image, integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 4 }).map(
  (images) =>
    Buffer.concat(
      images.flatMap(([{ saidBlocks, startBlocks, isLast, ...spec }, luck], index) => [
        imageBytes({
          ...spec,
          isLast: luck === 0 ? (isLast ?? false) : index === images.length - 1,
          ...(luck === 1 && saidBlocks !== undefined ? { saidBlocks } : {}),
          ...(luck === 2 && startBlocks !== undefined ? { startBlocks } : {}),
        }),
        Buffer.alloc(luck === 3 ? 512 * (index + 1) : 0, 0xff),
      ]),
    ),
);

const vendorHeader = often(
  Buffer.alloc(0),
  tuple(constantFrom('NVGI', 'U', '\u0055\u00aa', 'VN'), uint8Array({ maxLength: 700 })).map(
    ([start, rest]) => Buffer.concat([Buffer.from(start, 'latin1'), rest]),
  ),
);

/** Whole ROMs and ones that are cut off, with something in front and behind or without. */
export const romBytes: Arbitrary<Buffer> = record({
  header: vendorHeader,
  chain,
  trailing: often(0, integer({ min: 1, max: 1500 })),
  cut: often(0, integer({ min: 1, max: 2000 })),
}).map(({ header, chain: images, trailing, cut }) => {
  const all = Buffer.concat([header, images, Buffer.alloc(trailing, 0xff)]);
  return all.subarray(0, Math.max(0, all.length - cut));
});

/** The same with bytes changed anywhere, but mostly where the headers are. */
export const mutatedRomBytes: Arbitrary<Buffer> = tuple(
  romBytes,
  array(tuple(oneof(nat({ max: 0x60 }), nat({ max: 20_000 })), nat({ max: 3 }), u8), {
    minLength: 1,
    maxLength: 12,
  }),
).map(([bytes, changes]) => {
  const changed = Buffer.from(bytes);
  for (const [at, block, value] of changes) {
    const offset = at + block * 512;
    if (offset < changed.length) changed[offset] = value;
  }
  return changed;
});
