import { assert, boolean, nat, property, sample, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRom, withoutVendorHeader } from '../../src/vbios/parse.ts';
import type { Rom } from '../../src/vbios/rom.ts';
import { type ReferenceRom, referenceRom } from './reference.ts';
import { cardBytes, imageBytes, mutatedRomBytes, romBytes } from './rom-bytes.ts';

/** What the product's reader says, in the reference's words. */
function asReference(rom: Rom): ReferenceRom {
  return {
    start: rom.vendorHeaderBytes,
    images: rom.images.map(({ offset, length, kind, checksum, pci, efi }) => ({
      offset,
      length,
      kind,
      checksum,
      pciAt: pci.offset,
      pciLength: pci.length,
      revision: pci.revision,
      vendor: pci.vendor,
      device: pci.device,
      deviceList: pci.deviceListPointer,
      devices: pci.otherDevices,
      classCode: pci.classCode,
      codeRevision: pci.codeRevision,
      codeType: pci.codeType,
      isLast: pci.isLast,
      efi:
        efi === null
          ? null
          : [
              efi.signature,
              efi.initializationBytes,
              efi.subsystem,
              efi.machine,
              efi.compression,
              efi.imageOffset,
            ],
    })),
    isWhole: rom.isWhole,
    trailing: rom.trailingBytes,
    usable: rom.uefi.usable,
  };
}

const agree = (bytes: Buffer) => {
  expect(asReference(parseRom(bytes))).toEqual(referenceRom(bytes));
};

describe('both readers agree', () => {
  test('about ROMs as they are made', () => {
    assert(property(romBytes, agree), { numRuns: 2000 });
  });

  test('about ROMs with damages', () => {
    assert(property(mutatedRomBytes, agree), { numRuns: 2000 });
  });

  test('about any bytes, and any bytes behind a first image', () => {
    const noise = uint8Array({ maxLength: 3000 });
    assert(
      property(noise, boolean(), (bytes, isLast) => {
        agree(Buffer.from(bytes));
        agree(Buffer.concat([imageBytes({ isLast }), bytes]));
      }),
    );
  });

  test('where there is something to agree about', () => {
    const roms = sample(romBytes, { numRuns: 1000, seed: 1 }).map((bytes) => parseRom(bytes));
    const some = (which: (rom: Rom) => boolean) => roms.filter(which).length;
    expect(some(({ uefi }) => uefi.usable)).toBeGreaterThan(100);
    expect(some(({ uefi }) => !uefi.usable)).toBeGreaterThan(100);
    expect(some(({ isWhole }) => !isWhole)).toBeGreaterThan(100);
    expect(some(({ images }) => images.length > 2)).toBeGreaterThan(100);
    expect(some(({ vendorHeaderBytes }) => (vendorHeaderBytes ?? 0) > 0)).toBeGreaterThan(50);
    expect(
      some(({ images }) => images.some(({ checksum }) => checksum === 'wrong')),
    ).toBeGreaterThan(50);
  });
});

describe('hostile content', () => {
  test('is read no further than it goes', () => {
    assert(
      property(mutatedRomBytes, nat({ max: 3000 }), (bytes, cut) => {
        // Behind the end of what is given there is more, which must not show.
        const part = bytes.subarray(0, Math.max(0, bytes.length - cut));
        expect(parseRom(part)).toEqual(parseRom(Buffer.from(part)));
      }),
      { numRuns: 1000 },
    );
  });

  test('has sentences for problems, and one for the verdict', () => {
    assert(
      property(mutatedRomBytes, (bytes) => {
        const { images, problems, uefi } = parseRom(bytes);
        const all = [...images.flatMap((image) => image.problems), ...problems, uefi.reason];
        for (const sentence of all) expect(sentence).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });

  test('that never ends is left after 64 images', () => {
    const rom = parseRom(
      Buffer.concat(Array.from({ length: 70 }, () => imageBytes({ blocks: 1, isLast: false }))),
    );
    expect(rom.images).toHaveLength(64);
    expect(rom.problems).toEqual(['There are more than 64 images.']);
  });

  test('of 16 MiB that could begin an image anywhere is gone through', () => {
    const bytes = Buffer.alloc(16 * 1024 * 1024, Buffer.from([0x55, 0xaa]));
    bytes[0] = 0;
    expect(parseRom(bytes).images).toEqual([]);
  });
});

describe('a card with a legacy and an EFI image', () => {
  test('is usable, and says all that it is', () => {
    expect(parseRom(cardBytes())).toEqual({
      bytes: 3584,
      vendorHeaderBytes: 0,
      images: [
        {
          offset: 0,
          length: 2048,
          kind: 'legacy',
          pci: {
            offset: 0x1c,
            length: 0x1c,
            revision: 3,
            vendor: '10de',
            device: '1b81',
            deviceListPointer: 0,
            otherDevices: [],
            classCode: '030000',
            imageBytes: 2048,
            codeRevision: 1,
            codeType: 0,
            isLast: false,
          },
          checksum: 'right',
          efi: null,
          problems: [],
        },
        {
          offset: 2048,
          length: 1536,
          kind: 'efi',
          pci: {
            offset: 0x1c,
            length: 0x1c,
            revision: 3,
            vendor: '10de',
            device: '1b81',
            deviceListPointer: 0,
            otherDevices: [],
            classCode: '030000',
            imageBytes: 1536,
            codeRevision: 1,
            codeType: 3,
            isLast: true,
          },
          checksum: null,
          efi: {
            signature: 0x0ef1,
            initializationBytes: 1536,
            subsystem: 11,
            machine: 0x8664,
            compression: 1,
            imageOffset: 0x80,
          },
          problems: [],
        },
      ],
      isWhole: true,
      trailingBytes: 0,
      problems: [],
      uefi: { usable: true, reason: 'Image 2 is an EFI boot driver for x64, compressed.' },
    });
  });

  test('has in its list the other devices that it is for', () => {
    const bytes = imageBytes({ otherDevices: [0x1b80, 0x1b81, 0x1bb1] });
    expect(parseRom(bytes).images[0]?.pci.otherDevices).toEqual(['1b80', '1b81', '1bb1']);
  });
});

const efi = (spec: Parameters<typeof imageBytes>[0]) => imageBytes({ codeType: 3, ...spec });

test.each([
  { why: 'It has no EFI image (only: legacy x86): ', bytes: imageBytes() },
  {
    why: 'It has no EFI image (only: Open Firmware, HP PA-RISC, unknown): ',
    bytes: Buffer.concat([
      imageBytes({ codeType: 1, isLast: false }),
      imageBytes({ codeType: 2, isLast: false }),
      imageBytes({ codeType: 0xe0 }),
    ]),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. It is for ARM with 64 bits, not for x64.',
    bytes: efi({ efi: { machine: 0xaa64 } }),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. It is an EFI application, not a driver.',
    bytes: efi({ efi: { subsystem: 10 } }),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. Its compression 2 is none that UEFI knows.',
    bytes: efi({ efi: { compression: 2 } }),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. Its EFI header has the signature 0x00000000, ',
    bytes: efi({ efi: { signature: 0 } }),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. It wants 1536 bytes to start, and has 1024.',
    bytes: efi({ startBlocks: 3 }),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. Its program is at byte 1024, behind the 1024 bytes ',
    bytes: efi({ efi: { imageAt: 1024 } }),
  },
  {
    why: 'Image 2 is cut off: of its 1536 bytes 1000 are there.',
    bytes: cardBytes().subarray(0, 2048 + 1000),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. It wants 1024 bytes to start, and has 0.',
    bytes: efi({ saidBlocks: 0 }),
  },
  {
    why: 'UEFI does not get past image 2, which has no length and is not the last.',
    bytes: Buffer.concat([efi({ isLast: false }), imageBytes({ saidBlocks: 0, isLast: false })]),
  },
  {
    why: 'UEFI does not get past image 1, whose PCI data structure is misaligned.',
    bytes: Buffer.concat([imageBytes({ pciAt: 0x1e, isLast: false }), efi({})]),
  },
  {
    why: 'Image 1 is EFI, but is not loaded. It is for ARM with 64 bits, not for x64.',
    bytes: Buffer.concat([
      efi({ efi: { machine: 0xaa64 }, isLast: false }),
      imageBytes().subarray(0, 700),
    ]),
  },
  {
    why: 'UEFI does not get past image 1, whose PCI data structure is misaligned.',
    bytes: efi({ pciAt: 0x1e }),
  },
  {
    why: 'UEFI does not look behind the 4 bytes in front of the first image; ',
    bytes: Buffer.concat([Buffer.from('NVGI'), cardBytes()]),
  },
  { why: 'No image is in it.', bytes: Buffer.alloc(0) },
  { why: 'No image is in it.', bytes: Buffer.from('NVGI\u0055\u00aa', 'latin1') },
  {
    why: 'It begins as an image does (55 aa), but has no PCI data structure.',
    bytes: Buffer.from([0x55, 0xaa, 0x01]),
  },
])('UEFI cannot use it: $why', ({ why, bytes }) => {
  const { uefi } = parseRom(bytes);
  expect(uefi.usable).toBe(false);
  expect(uefi.reason.slice(0, why.length)).toBe(why);
});

describe('what UEFI loads before it comes to', () => {
  const driver = efi({ isLast: false });
  const unlinked = imageBytes();
  unlinked[0x1c] = 0;
  const unsummed = imageBytes({ isSummed: false, filler: 1 });
  test.each([
    { what: 'nothing more', rest: Buffer.alloc(0) },
    { what: 'an image without a PCI data structure', rest: unlinked },
    { what: 'one whose PCI data structure is misaligned', rest: imageBytes({ pciAt: 0x1e }) },
    { what: 'one with a wrong checksum', rest: unsummed },
    { what: 'one that is cut off', rest: imageBytes().subarray(0, 700) },
    { what: 'blocks of no image', rest: Buffer.alloc(2048, 0xff) },
    { what: 'an image without a length that is the last', rest: imageBytes({ saidBlocks: 0 }) },
  ])('$what is its driver', ({ rest }) => {
    const { uefi } = parseRom(Buffer.concat([driver, rest]));
    expect(uefi).toEqual({
      usable: true,
      reason:
        'Image 1 is an EFI boot driver for x64; what is wrong with the rest does not keep UEFI from it.',
    });
  });
});

test('an image for another machine beside a driver is nothing wrong', () => {
  const arm = efi({ efi: { machine: 0xaa64 }, isLast: false });
  expect(parseRom(Buffer.concat([arm, efi({})])).uefi).toEqual({
    usable: true,
    reason: 'Image 2 is an EFI boot driver for x64.',
  });
});

test('an image behind blocks of none is found, and told of', () => {
  const gap = Buffer.alloc(1024, 0xff);
  const rom = parseRom(Buffer.concat([imageBytes({ isLast: false }), gap, efi({})]));
  expect(rom).toMatchObject({
    images: [{ offset: 0 }, { offset: 2048 }],
    isWhole: false,
    trailingBytes: 0,
    problems: ['Between images 1 and 2 are 1024 bytes of no image.'],
    uefi: { usable: true },
  });
});

test('an image behind one without a PCI data structure is not found', () => {
  const lost = imageBytes();
  lost[0x1c] = 0;
  const rom = parseRom(Buffer.concat([imageBytes({ isLast: false }), lost, efi({})]));
  expect(rom.images).toHaveLength(1);
  expect(rom.problems).toEqual(['Image 1 is not marked as the last, and none follows it.']);
});

test('a checksum is of the size that a BIOS loads', () => {
  const longer = imageBytes({ blocks: 4, startBlocks: 2 });
  longer[3 * 512] = 1;
  expect(parseRom(longer).images[0]?.checksum).toBe('right');
  longer[512] = 1;
  expect(parseRom(longer).images[0]).toMatchObject({
    checksum: 'wrong',
    problems: ['Its checksum is wrong.'],
  });
});

describe("a vendor's header", () => {
  test('goes, and what is left is the ROM', () => {
    assert(
      property(uint8Array({ maxLength: 1000 }), (header) => {
        // Not even by chance an image.
        const front = Buffer.from(header.map((byte) => (byte === 0x55 ? 0 : byte)));
        const whole = Buffer.concat([front, cardBytes()]);
        expect(parseRom(whole).vendorHeaderBytes).toBe(front.length);
        expect(withoutVendorHeader(whole)).toEqual(cardBytes());
      }),
    );
  });

  test('may have 55 aa in it by chance', () => {
    const header = Buffer.from('NVGI\u0055\u00aa----\u0055', 'latin1');
    expect(withoutVendorHeader(Buffer.concat([header, cardBytes()]))).toEqual(cardBytes());
  });

  test('is all that there is where there is no image', () => {
    expect(withoutVendorHeader(Buffer.from('NVGI'))).toBeNull();
  });
});
