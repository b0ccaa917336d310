import type { HandglassError } from '../errors.ts';
import type { Clock } from '../host/ports.ts';

/**
 * Holds back what is wrong for a moment only: udev sets a node's rights after the kernel has made it,
 * and until then no device that is plugged in can be read.
 *
 * @param tell is told what has been wrong for 1 s, each time that may be something else
 * @returns takes what is wrong now
 */
export function whatLasts(
  clock: Clock,
  tell: (errors: readonly HandglassError[]) => void,
  signal: AbortSignal,
): (errors: readonly HandglassError[]) => void {
  let current: readonly HandglassError[] = [];
  let since = new Map<string, number>();

  function look(): void {
    const before = clock.now() - momentMs;
    tell(current.filter(({ message }) => (since.get(message) ?? Infinity) <= before));
  }

  return (errors) => {
    const known = since;
    current = errors;
    since = new Map(errors.map(({ message }) => [message, known.get(message) ?? clock.now()]));
    look();
    const hasNews = errors.some(({ message }) => !known.has(message));
    if (hasNews) void clock.sleep(momentMs, signal).then(look, () => {});
  };
}

const momentMs = 1000;
