import { assert, constantFrom, boolean, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { resolutionFrom, sharedMemoryMib } from '../../src/shm/size.ts';

// mode, b7, b7 with HDR, idd: what the real programs ask for
const sizes: [string, number, number, number][] = [
  ['1280x720', 32, 32, 16],
  ['1920x1080', 32, 64, 32],
  ['1920x1200', 32, 64, 32],
  ['2560x1080', 32, 64, 64],
  ['2560x1440', 64, 128, 64],
  ['3440x1440', 64, 128, 64],
  ['3840x2160', 128, 256, 128],
  ['5120x2880', 128, 256, 256],
  ['7680x4320', 512, 1024, 512],
  // the extremes, upright and odd modes
  ['640x480', 16, 16, 8],
  ['480x640', 16, 16, 8],
  ['1080x1920', 32, 64, 32],
  ['1366x767', 32, 32, 32],
  ['16384x16384', 4096, 8192, 4096],
];

test.each(sizes)('%s takes %i MiB for b7, %i with HDR, %i for idd', (mode, b7, hdr, idd) => {
  const resolution = resolutionFrom(mode);
  expect(sharedMemoryMib({ ...resolution, hdr: false, for: 'b7' })).toBe(b7);
  expect(sharedMemoryMib({ ...resolution, hdr: true, for: 'b7' })).toBe(hdr);
  expect(sharedMemoryMib({ ...resolution, hdr: false, for: 'idd' })).toBe(idd);
  expect(sharedMemoryMib({ ...resolution, hdr: true, for: 'idd' })).toBe(idd);
});

const side = integer({ min: 480, max: 16_384 });
const use = record({
  width: side,
  height: side,
  hdr: boolean(),
  for: constantFrom('b7', 'idd', 'any'),
});

test('a size is a power of two', () => {
  assert(property(use, (any) => Number.isInteger(Math.log2(sharedMemoryMib(any)))));
});

test('a size is enough for two frames, and less than twice what would be', () => {
  assert(
    property(use, (any) => {
      const frames = any.width * any.height * 4 * 2;
      const bytes = sharedMemoryMib({ ...any, hdr: false, for: 'b7' }) * 2 ** 20;
      const needed = frames + 10 * 2 ** 20;
      return bytes >= needed && bytes < 2 * needed;
    }),
  );
});

test('a larger mode never takes less', () => {
  assert(
    property(use, side, side, (any, width, height) => {
      const larger = {
        ...any,
        width: Math.max(any.width, width),
        height: Math.max(any.height, height),
      };
      return sharedMemoryMib(larger) >= sharedMemoryMib(any);
    }),
  );
});

test('any is the larger of both formulas', () => {
  assert(
    property(use, (each) => {
      const [b7, idd, any] = (['b7', 'idd', 'any'] as const).map((version) =>
        sharedMemoryMib({ ...each, for: version }),
      );
      return any === Math.max(b7 ?? 0, idd ?? 0);
    }),
  );
});

test.each([
  ['640x480', 'the smallest'],
  ['480x640', 'the smallest, upright'],
  ['16384x16384', 'the largest'],
  ['16384x480', 'the widest'],
  ['1366x767', 'odd'],
])('the resolution %s is accepted: %s', (text) => {
  const { width, height } = resolutionFrom(text);
  expect(`${width}x${height}`).toBe(text);
});

test.each([
  ['', 'nothing'],
  ['2560', 'one number'],
  ['2560X1440', 'a capital X'],
  ['2560×1440', 'a multiplication sign'],
  ['2560 x 1440', 'spaces'],
  ['2560x1440x4', 'three numbers'],
  ['2560x1440\n', 'a line break'],
  ['-2560x1440', 'negative'],
  ['2560.5x1440', 'a fraction'],
  ['0x0', 'zero'],
  ['02560x1440', 'a leading zero'],
  ['0xa00x1440', 'hexadecimal'],
  ['639x480', 'too narrow'],
  ['640x479', 'too low'],
  ['480x639', 'too low, upright'],
  ['500x500', 'too small on both sides'],
  ['16385x1080', 'too wide'],
  ['1080x16385', 'too high'],
  ['99999999999x1080', 'far too wide'],
])('the resolution "%s" is refused: %s', (text) => {
  expect(() => resolutionFrom(text)).toThrow(
    expect.objectContaining({ code: 'usage', what: `"${text}" is no resolution.` }),
  );
});
