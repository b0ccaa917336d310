/**
 * Secrets that are good for a while, kept in memory alone and as their SHA-256: what is looked up is
 * the hash, so the time that takes tells nothing of the secret.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../host/ports.ts';

export interface Secrets<Bearer> {
  /**
   * Makes a secret, told here and never again; `expires` is in milliseconds since the epoch.
   *
   * @param until when it is no good any more, where that is sooner than by its own life
   */
  make(bearer: Bearer, until?: number): { secret: string; expires: number };
  /** Whose secret it is, and until when; null where it is unknown or too old. */
  find(secret: string): { bearer: Bearer; expires: number } | null;
  /** The same, and from here on it is unknown, unless it is put back. */
  take(secret: string): { bearer: Bearer; putBack: () => void } | null;
}

/**
 * @param secret how many random bytes each has, and how long it is good
 * @param ownerOf of whom no more than 64 are kept; all are one owner's unless told
 */
export function createSecrets<Bearer>(
  clock: Pick<Clock, 'now'>,
  secret: { bytes: number; lifeMs: number },
  ownerOf: (bearer: Bearer) => string = () => '',
): Secrets<Bearer> {
  const kept = new Map<string, { bearer: Bearer; expires: number }>();

  function forgetOld(): void {
    for (const [hash, { expires }] of kept) if (expires <= clock.now()) kept.delete(hash);
  }

  return {
    make(bearer, until = Infinity) {
      forgetOld();
      const own = [...kept].filter(([, each]) => ownerOf(each.bearer) === ownerOf(bearer));
      const [oldest] = own;
      if (oldest !== undefined && own.length >= keptAtMost) kept.delete(oldest[0]);
      const text = randomBytes(secret.bytes).toString('base64url');
      const expires = Math.min(clock.now() + secret.lifeMs, until);
      kept.set(hashOf(text), { bearer, expires });
      return { secret: text, expires };
    },

    find(text) {
      forgetOld();
      return kept.get(hashOf(text)) ?? null;
    },

    take(text) {
      forgetOld();
      const hash = hashOf(text);
      const taken = kept.get(hash);
      if (taken === undefined) return null;
      kept.delete(hash);
      return { bearer: taken.bearer, putBack: () => void kept.set(hash, taken) };
    },
  };
}

/** Whoever makes more has no use for the first ones. */
const keptAtMost = 64;

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
