/** Commands inside the virtual host, many at a time, over a stream of frames (see frames.ts). */
import type { Duplex } from 'node:stream';
import { encodeFrame, type Frame, frameReader, type Start } from './frames.ts';

export interface Sink {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
}

export interface Session {
  write(chunk: Uint8Array): void;
  endInput(): void;
  /** Asks the command to end (SIGTERM to its process group). */
  stop(): void;
  /** The exit status, or `rebooted` where a reset took the command with it. */
  ended: Promise<number | 'rebooted'>;
}

export interface Sessions {
  start(start: Start, sink: Sink): Session;
  /** Resolves when the agent has said that it is there. */
  ready(): Promise<void>;
  /** The machine was reset: what ran is gone, and the agent will say hello again. */
  reset(): void;
}

export function openSessions(stream: Duplex, { agentIsUp }: { agentIsUp: boolean }): Sessions {
  const running = new Map<number, { sink: Sink; end: (status: number | 'rebooted') => void }>();
  const reader = frameReader();
  let up = Promise.withResolvers<void>();
  let isUp = agentIsUp;
  let lastId = 0;

  if (agentIsUp) up.resolve();
  else reader.awaitHello();

  stream.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) receive(frame);
  });

  function receive({ kind, session, payload }: Frame): void {
    if (kind === 'hello') {
      isUp = true;
      up.resolve();
    }
    const command = running.get(session);
    if (command === undefined) return;
    if (kind === 'stdout' || kind === 'stderr') command.sink[kind](payload);
    if (kind === 'exit') {
      running.delete(session);
      const status = payload.toString();
      command.end(status === 'rebooted' ? status : Number(status));
    }
  }

  return {
    start(start, sink) {
      lastId += 1;
      const id = lastId;
      const { promise, resolve } = Promise.withResolvers<number | 'rebooted'>();
      running.set(id, { sink, end: resolve });
      stream.write(encodeFrame('start', id, JSON.stringify(start)));
      return {
        write: (chunk) => stream.write(encodeFrame('stdin', id, chunk)),
        endInput: () => stream.write(encodeFrame('stdin-end', id)),
        stop: () => stream.write(encodeFrame('stop', id)),
        ended: promise,
      };
    },
    ready: () => up.promise,
    reset() {
      // QEMU tells of one reset several times, and whoever waits already holds the promise.
      if (!isUp) return;
      isUp = false;
      up = Promise.withResolvers();
      reader.awaitHello();
      for (const { end } of running.values()) end('rebooted');
      running.clear();
    },
  };
}
