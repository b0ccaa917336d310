import { HandglassError } from '../errors.ts';
import { createBackoff } from '../host/backoff.ts';
import type { Clock } from '../host/ports.ts';
import type { Client } from '../server/client.ts';
import type { State } from '../server/protocol.ts';

export type Sight =
  | { kind: 'state'; state: State }
  /** Told once, however often it is tried again in vain. */
  | { kind: 'lost'; why: HandglassError }
  | { kind: 'found' };

/**
 * What is seen of the host until the signal is aborted: each state of it, and when it is lost and
 * found. It is connected to again after pauses that grow.
 *
 * @throws HandglassError where trying again cannot help: another key, a token that is refused
 */
export async function* follow(
  clock: Clock,
  connect: () => Promise<Client>,
  signal: AbortSignal,
): AsyncGenerator<Sight, void> {
  const backoff = createBackoff(shortestPauseMs, longestPauseMs);
  let isLost = false;
  while (!signal.aborted) {
    try {
      for await (const state of statesOf(await connect(), signal)) {
        if (isLost) yield { kind: 'found' };
        isLost = false;
        backoff.reset();
        yield { kind: 'state', state };
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (!isLost && !signal.aborted) yield { kind: 'lost', why: error };
      isLost = true;
    }
    if (!signal.aborted) await clock.sleep(backoff.next(), signal).catch(() => {});
  }
}

/** A host is busy, too, while it still holds the connections that a bad link has broken. */
function isPassing(error: unknown): error is HandglassError {
  return (
    error instanceof HandglassError && (error.code === 'service-down' || error.code === 'busy')
  );
}

const shortestPauseMs = 1_000;
const longestPauseMs = 30_000;

async function* statesOf(client: Client, signal: AbortSignal): AsyncGenerator<State, void> {
  const stop = () => void client.close();
  signal.addEventListener('abort', stop);
  try {
    if (!signal.aborted) yield* client.states();
  } finally {
    signal.removeEventListener('abort', stop);
    await client.close();
  }
}
