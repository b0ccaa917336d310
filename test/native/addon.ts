import { fileURLToPath } from 'node:url';
import { nativeAt } from '../../src/host/native.ts';

export const addonPath = fileURLToPath(
  new URL('../../native/build/handglass.node', import.meta.url),
);
export const native = nativeAt(addonPath);

/** What a function throws. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
