/**
 * A running virtual host's door for second terminals: a unix socket in its run folder that speaks
 * the agent's frames (see frames.ts). The numbers of sessions are each client's own.
 */
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { LabFailure } from './failure.ts';
import { encodeFrame, type Frame, frameReader, type Kind, type Start } from './frames.ts';
import { runningLabs } from './run-folder.ts';
import type { Session, Sessions } from './sessions.ts';

/** Serves until the signal is aborted. What a client started ends with its connection. */
export function serveAttach(folder: string, sessions: Sessions, signal: AbortSignal): void {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    proxy(client, sessions);
  });
  server.listen({ path: socketIn(folder), signal });
  signal.addEventListener('abort', () => {
    for (const client of clients) client.destroy();
  });
}

/** Connects to the newest virtual host of this user. Rejects with a LabFailure when none runs. */
export async function attachToLab(): Promise<Socket> {
  for (const folder of runningLabs()) {
    const socket = createConnection(socketIn(folder));
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      // It is just starting or just ending.
    }
  }
  throw new LabFailure('No virtual host runs. Start one with npm run lab or npm start.');
}

function socketIn(folder: string): string {
  return join(folder, 'attach');
}

function proxy(client: Socket, sessions: Sessions): void {
  const reader = frameReader();
  const commands = new Map<number, Promise<Session>>();
  client.on('data', (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) handle(frame);
    } catch {
      // It is of another version: the machine goes on without it.
      client.destroy();
    }
  });
  client.on('error', () => client.destroy());
  client.on('close', () => {
    for (const command of commands.values()) void pass('stop', Buffer.alloc(0), command);
  });

  function handle({ kind, session, payload }: Frame): void {
    if (kind === 'start') {
      commands.set(session, start(session, JSON.parse(payload.toString()) as Start));
    }
    void pass(kind, payload, commands.get(session));
  }

  async function start(id: number, start: Start): Promise<Session> {
    await sessions.ready();
    const command = sessions.start(start, {
      stdout: (chunk) => client.write(encodeFrame('stdout', id, chunk)),
      stderr: (chunk) => client.write(encodeFrame('stderr', id, chunk)),
    });
    void tellEnd(id, command);
    return command;
  }

  async function tellEnd(id: number, command: Session): Promise<void> {
    const status = await command.ended;
    commands.delete(id);
    client.write(encodeFrame('exit', id, String(status)));
  }
}

/** What comes while the machine is just booting waits for it, in its order. */
async function pass(kind: Kind, payload: Buffer, command?: Promise<Session>): Promise<void> {
  const session = await command;
  if (kind === 'stdin') session?.write(payload);
  if (kind === 'stdin-end') session?.endInput();
  if (kind === 'stop') session?.stop();
}
