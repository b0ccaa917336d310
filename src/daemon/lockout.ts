import { HandglassError } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import type { Viewer } from '../server/visibility.ts';

export interface Lockout {
  begin(): void;
  /** @throws HandglassError `locked-out` to a guest while it lasts */
  requireOpen(by: Viewer): void;
}

/** After a panic no guest can ask for anything for a while: one of them may be what went wrong. */
export function createLockout(host: Clock): Lockout {
  let until = 0;
  return {
    begin() {
      until = host.now() + lockoutMs;
    },
    requireOpen(by) {
      const left = Math.ceil((until - host.now()) / 1000);
      if (by.kind !== 'guest' || left <= 0) return;
      throw new HandglassError(
        'locked-out',
        'The panic chord was pressed on the host, which locks guests out for a while.',
        `Ask again in ${left} s.`,
      );
    },
  };
}

const lockoutMs = 10_000;
