import { vi } from 'vitest';
import type { Clock } from '../../src/host/ports.ts';

export interface ManualClock extends Clock {
  /** Resolves once so many wait for the clock together. */
  awaited(sleepers: number): Promise<void>;
  advance(ms: number): void;
}

/** A clock that stands still until a test moves it. */
export function manualClock(): ManualClock {
  const sleepers = new Set<{ until: number; wake: () => void }>();
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    awaited: async (count) => {
      await vi.waitUntil(() => sleepers.size === count, { interval: 5, timeout: 60_000 });
    },
    advance(ms) {
      now += ms;
      for (const sleeper of sleepers) {
        if (sleeper.until > now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}

/** A clock on which every sleep is over at once. */
export function hurriedClock(): Clock {
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

/** A clock that passes only in sleep; a test may change the world in it. */
export function sleptClock() {
  const control = { asleep: async (_now: number): Promise<void> => {} };
  let now = 0;
  const clock: Clock = {
    now: () => now,
    async sleep(ms) {
      now += ms;
      await control.asleep(now);
    },
  };
  return { clock, control, passed: () => now };
}
