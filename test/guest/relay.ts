import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import * as tls from 'node:tls';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Identity } from './identity.ts';

/** Somebody between a guest and its host, who passes on what it can read. */
export interface Relay {
  /** On 127.0.0.1. */
  port: number;
  /** All that it was told in confidence. */
  heard(): string;
}

export async function startRelay(
  { key, cert }: Identity,
  to: number,
  { port = 0, ...options }: tls.TlsOptions & { port?: number } = {},
): Promise<Relay> {
  let heard = '';
  const server = tls.createServer({ key, cert, ...options }, (outside) => {
    const inside = tls.connect({ port: to, host: '127.0.0.1', rejectUnauthorized: false });
    const end = () => {
      outside.destroy();
      inside.destroy();
    };
    for (const side of [outside, inside]) side.on('error', end).on('close', end);
    outside.on('data', (data: Buffer) => (heard += data.toString('latin1')));
    outside.pipe(inside).pipe(outside);
    onTestFinished(end);
  });
  return { port: await listening(server, port), heard: () => heard };
}

/** A port where whoever connects is told nothing. */
export async function startSilent(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  });
  return listening(server, 0);
}

/** A port where a guest is let in, and nothing is answered any more from then on. */
export async function startDeaf(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  server.on('connection', (websocket) => {
    onTestFinished(() => websocket.terminate());
    websocket.once('message', (data) => {
      const { id } = JSON.parse((data as Buffer).toString()) as { id: number };
      websocket.send(JSON.stringify({ id, result: { id: 'a', domain: 'win10' } }));
    });
  });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function listening(server: Server, port: number): Promise<number> {
  onTestFinished(() => void server.close());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
