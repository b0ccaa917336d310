import { createBackoff } from '../host/backoff.ts';
import type { Clock } from '../host/ports.ts';

const longestPauseMs = 30_000;

/**
 * Reads again, after pauses that grow, for as long as not everything can be read: no event tells that
 * a libvirt which hung does so no more.
 *
 * @returns to be called after what may have changed `isBlind`
 */
export function readAgainWhile(
  clock: Clock,
  isBlind: () => boolean,
  read: () => Promise<void>,
  signal: AbortSignal,
): () => void {
  const pauses = createBackoff(2000, longestPauseMs);
  let isWaiting = false;
  let sawAt = -Infinity;

  async function wait(): Promise<void> {
    isWaiting = true;
    // What could be read for a moment only is still not well.
    if (clock.now() - sawAt > longestPauseMs) pauses.reset();
    while (isBlind() && !signal.aborted) {
      await clock.sleep(pauses.next(), signal).then(read, () => {});
    }
    isWaiting = false;
    sawAt = clock.now();
  }

  return () => {
    if (!isWaiting && isBlind()) void wait();
  };
}
