import { parseResolution, resolutionRange, type Resolution } from '../config/resolution.ts';
import { HandglassError } from '../errors.ts';

/** Which Looking Glass the file is for; `any` is enough for all of them. */
type LookingGlassVersion = 'b7' | 'idd' | 'any';

/** What the size of the shared memory derives from. */
export interface SharedMemoryUse extends Resolution {
  hdr: boolean;
  for: LookingGlassVersion;
}

export const bytesPerMib = 1024 * 1024;

/**
 * The size of the shared-memory file in MiB, always a power of two.
 *
 * - `b7`, the newest release: two frames of 4 bytes a pixel (8 with HDR) and 10 MiB, which is what
 *   its client recommends when the file is too small.
 * - `idd`, the development version with the Indirect Display Driver: three frames of 4 bytes a
 *   pixel, HDR or not, their lines padded to 256 bytes, and 4 MiB.
 */
export function sharedMemoryMib(use: SharedMemoryUse): number {
  return mibFor[use.for](use);
}

/** Reads the resolution of a command line; `usage` when there is none in the text. */
export function resolutionFrom(text: string): Resolution {
  const resolution = parseResolution(text);
  if (resolution === null) {
    throw new HandglassError(
      'usage',
      `"${text}" is no resolution.`,
      `Write WIDTHxHEIGHT in pixels, such as 2560x1440; possible is ${resolutionRange}.`,
    );
  }
  return resolution;
}

const mibFor: Record<LookingGlassVersion, (use: SharedMemoryUse) => number> = {
  b7: b7Mib,
  idd: iddMib,
  any: (use) => Math.max(b7Mib(use), iddMib(use)),
};

function b7Mib({ width, height, hdr }: SharedMemoryUse): number {
  const bytesPerPixel = hdr ? 8 : 4;
  return powerOfTwoMib(width * height * bytesPerPixel * 2 + 10 * bytesPerMib);
}

function iddMib({ width, height }: SharedMemoryUse): number {
  const bytesPerLine = Math.ceil((width * 4) / 256) * 256;
  return powerOfTwoMib(bytesPerLine * height * 3 + 4 * bytesPerMib);
}

function powerOfTwoMib(bytes: number): number {
  let mib = 1;
  while (mib * bytesPerMib < bytes) mib *= 2;
  return mib;
}
