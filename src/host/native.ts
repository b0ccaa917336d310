import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Notify } from './ports.ts';
import type { OpenSwitchboard } from './switchboard-port.ts';

interface Native extends Notify, OpenSwitchboard {
  /**
   * Allocates the first `bytes` of an open file, so that writing there cannot fail later, and
   * extends a shorter file to that size. Blocks while the memory is cleared.
   */
  reserve: (fd: number, bytes: number) => void;
}

/** The addon at a path, loaded when it is first used: most commands never need it. */
export function nativeAt(path: string): Native {
  let loaded: Native | undefined;
  const addon = () => (loaded ??= load(path));
  return {
    reserve: (fd, bytes) => addon().reserve(fd, bytes),
    notify: (state, descriptors) => addon().notify(state, descriptors),
    inherited: () => addon().inherited(),
    closeDescriptor: (fd) => addon().closeDescriptor(fd),
    openSwitchboard: (listener, realtime) => addon().openSwitchboard(listener, realtime),
  };
}

export const native = nativeAt(
  fileURLToPath(new URL('../../native/build/handglass.node', import.meta.url)),
);

const remedy = 'Build it: `npm run build`.';

function load(path: string): Native {
  let addon: unknown;
  try {
    addon = createRequire(import.meta.url)(path);
  } catch (error) {
    const what = isErrno(error, 'MODULE_NOT_FOUND')
      ? `The native addon ${path} is missing.`
      : `The native addon ${path} cannot be loaded: ${reasonOf(error)}.`;
    throw new HandglassError('internal', what, remedy, { cause: error });
  }
  if (!isNative(addon)) {
    throw new HandglassError('internal', `The native addon ${path} is of another version.`, remedy);
  }
  return addon;
}

function isNative(addon: unknown): addon is Native {
  const names = ['reserve', 'notify', 'inherited', 'closeDescriptor', 'openSwitchboard'];
  return names.every((name) => typeof (addon as Record<string, unknown>)[name] === 'function');
}
