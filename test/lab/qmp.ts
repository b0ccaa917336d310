/** A client of QEMU's machine protocol: one JSON object a line over a unix socket. */
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Qmp {
  /** Runs a command; rejects with QEMU's own description of what is wrong. */
  execute(command: string, args?: object): Promise<unknown>;
  /** Calls back for every event of this name. */
  on(event: string, listener: (data: unknown) => void): void;
}

interface Message {
  id?: number;
  return?: unknown;
  error?: { desc: string };
  event?: string;
  data?: unknown;
}

export async function openQmp(socket: Socket): Promise<Qmp> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Map<string, ((data: unknown) => void)[]>();
  let lastId = 0;

  const lines = createInterface({ input: socket });
  lines.on('line', (line) => {
    const message = JSON.parse(line) as Message;
    if (message.event !== undefined) {
      for (const listener of listeners.get(message.event) ?? []) listener(message.data);
    }
    if (message.id === undefined) return;
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) waiter?.resolve(message.return);
    else waiter?.reject(new Error(message.error.desc));
  });
  // QEMU is gone: whoever waits for an answer learns it here, its exit is reported elsewhere.
  lines.on('error', () => {});
  socket.on('close', () => {
    for (const waiter of waiting.values()) waiter.reject(new Error('QEMU has ended'));
    waiting.clear();
  });

  function execute(command: string, args: object = {}): Promise<unknown> {
    const waiter = Promise.withResolvers<unknown>();
    lastId += 1;
    waiting.set(lastId, waiter);
    socket.write(`${JSON.stringify({ execute: command, arguments: args, id: lastId })}\n`);
    return waiter.promise;
  }

  await execute('qmp_capabilities');
  return {
    execute,
    on: (event, listener) => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
  };
}
