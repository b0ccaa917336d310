import { createBackoff } from '../host/backoff.ts';
import type { Clock } from '../host/ports.ts';

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
  let isWaiting = false;

  async function wait(): Promise<void> {
    isWaiting = true;
    const pauses = createBackoff(2000, 30_000);
    while (isBlind() && !signal.aborted) {
      await clock.sleep(pauses.next(), signal).then(read, () => {});
    }
    isWaiting = false;
  }

  return () => {
    if (!isWaiting && isBlind()) void wait();
  };
}
