export interface Backoff {
  /** The next pause, in milliseconds: each is twice as long as the one before. */
  next(): number;
  reset(): void;
}

export function createBackoff(shortestMs: number, longestMs: number): Backoff {
  let pauseMs = shortestMs;
  return {
    next() {
      const now = pauseMs;
      pauseMs = Math.min(pauseMs * 2, longestMs);
      return now;
    },
    reset() {
      pauseMs = shortestMs;
    },
  };
}
