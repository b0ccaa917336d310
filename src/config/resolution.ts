/** A display mode in pixels. */
export interface Resolution {
  width: number;
  height: number;
}

/** The range that `parseResolution` accepts, as text for a sentence that refuses one. */
export const resolutionRange = '640x480 to 16384x16384, upright ones (480x640) included';

/** Reads `2560x1440`. Null for text of another form and for a mode out of `resolutionRange`. */
export function parseResolution(text: string): Resolution | null {
  const match = /^([1-9]\d{2,4})x([1-9]\d{2,4})$/.exec(text);
  if (match === null) return null;
  const [width, height] = [Number(match[1]), Number(match[2])];
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  return short >= 480 && long >= 640 && long <= 16_384 ? { width, height } : null;
}
