/**
 * Hands on what a peer sends no faster than it may send. One that sends more is slowed, by not being
 * read, until it has the right to more; one that goes on like that for a while is dropped.
 *
 * Bytes count besides messages, because not all that costs work is a message: pings, empty fragments.
 */
import type { ServerLimits } from '../config/server.ts';
import type { Clock } from '../host/ports.ts';
import { createBudget } from './budget.ts';

/** What a throttle is put between. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** A message's turn has come. */
  handOn(text: string): void;
  slowed(): void;
  flooded(): void;
}

export interface Throttle {
  /** So many bytes were read. */
  read(bytes: number): void;
  /** A message was read. Those of one read may be many, and wait here. */
  message(text: string): void;
}

/** @param signal the connection's end */
export function createThrottle(
  clock: Clock,
  limits: Pick<ServerLimits, 'messageBytes' | 'messagesPerSecond' | 'dropAfterMs'>,
  flow: Flow,
  signal: AbortSignal,
): Throttle {
  const messages = createBudget(clock, limits.messagesPerSecond);
  const bytes = createBudget(clock, limits.messageBytes * fullMessagesPerSecond);
  const waiting: string[] = [];
  let slow = false;
  let floodBegan = 0;
  let lastSlow = -Infinity;

  async function recover(): Promise<void> {
    if (slow) return;
    slow = true;
    flow.pause();
    if (clock.now() - lastSlow > calmMs) {
      floodBegan = clock.now();
      flow.slowed();
    }
    while (waiting.length > 0 || bytes.left() < 0) {
      await clock.sleep(recoverMs, signal);
      if (clock.now() - floodBegan >= limits.dropAfterMs) return flow.flooded();
      while (waiting.length > 0 && messages.spend(1)) flow.handOn(waiting.shift() ?? '');
    }
    slow = false;
    lastSlow = clock.now();
    flow.resume();
  }

  const slowDown = () => void recover().catch(() => {});

  return {
    read(count) {
      bytes.owe(count);
      if (bytes.left() < 0) slowDown();
    },
    message(text) {
      if (!slow && messages.spend(1)) return flow.handOn(text);
      waiting.push(text);
      slowDown();
    },
  };
}

/** Messages of full size count for more than others. */
const fullMessagesPerSecond = 4;
const recoverMs = 100;
/** A peer that was not slowed for so long has stopped flooding. */
const calmMs = 1_000;
