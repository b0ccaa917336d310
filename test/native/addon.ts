import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nativeAt } from '../../src/host/native.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`../../native/${name}`, import.meta.url));

/** The addon, built from the sources as they are. */
export const addonPath = pathOf('build/handglass.node');
execFileSync('sh', [pathOf('build.sh')]);
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
