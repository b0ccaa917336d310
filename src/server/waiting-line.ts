/** Those who came too often and are let in after one another, as far as there is time for them. */
import type { Clock } from '../host/ports.ts';

export interface WaitingLine {
  /**
   * True when its turn has come; false where it was sent away to make room. It stays in line for no
   * longer than a line of full length takes.
   *
   * @param gone it waits no longer
   */
  turn(network: string, gone: AbortSignal): Promise<boolean>;
}

/**
 * Where the line is too long, one goes of the network with most in it, whichever it happens to be: who
 * comes more often than all others has no better turn than each of them, also where it is one address.
 */
export function createWaitingLine(
  clock: Pick<Clock, 'sleep'>,
  perSecond: number,
  random: () => number = Math.random,
): WaitingLine {
  /** The oldest first. */
  const line = new Set<Waiting>();
  let isMoving = false;

  async function move(): Promise<void> {
    if (isMoving) return;
    isMoving = true;
    while (line.size > 0) {
      await clock.sleep(1000 / perSecond);
      const [first] = line;
      if (first !== undefined) leave(first, true);
    }
    isMoving = false;
  }

  function leave(waiting: Waiting, hasTurn: boolean): void {
    line.delete(waiting);
    waiting.left(hasTurn);
  }

  function shorten(): void {
    const most = ofLargestNetwork([...line]);
    const unlucky = most[Math.floor(random() * most.length)];
    if (unlucky !== undefined) leave(unlucky, false);
  }

  return {
    turn(network, gone) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiting = { network, left: resolve };
      line.add(waiting);
      gone.addEventListener('abort', () => leave(waiting, false));
      if (line.size > longestLine) shorten();
      void move();
      return promise;
    },
  };
}

/** Those of the network that has most of them: it has the less reason to complain. */
export function ofLargestNetwork<Each extends { network: string }>(all: readonly Each[]): Each[] {
  const counts = new Map<string, number>();
  for (const { network } of all) counts.set(network, (counts.get(network) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const largest = all.find(({ network }) => counts.get(network) === most)?.network;
  return all.filter(({ network }) => network === largest);
}

interface Waiting {
  network: string;
  left: (hasTurn: boolean) => void;
}

const longestLine = 64;
