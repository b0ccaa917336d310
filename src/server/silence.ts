import type { WebSocket } from 'ws';
import type { Clock } from '../host/ports.ts';

/** A peer that does not answer a ping by the time of the next one is gone. */
export async function dropWhenSilent(
  clock: Clock,
  websocket: WebSocket,
  everyMs: number,
  gone: AbortSignal,
): Promise<void> {
  let answered = true;
  websocket.on('pong', () => {
    answered = true;
  });
  try {
    while (answered) {
      answered = false;
      websocket.ping();
      await clock.sleep(everyMs, gone);
    }
    websocket.terminate();
  } catch {
    // The connection ended first.
  }
}
