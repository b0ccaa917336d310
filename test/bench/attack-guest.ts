import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { BenchService } from './service.ts';

/** Connects as the guest, gives the seat and takes it back; how long that took, in milliseconds. */
export async function callTwice({ address, token }: BenchService): Promise<number> {
  const began = performance.now();
  const socket = await openSocket(address);
  await ask(socket, 'session.authenticate', { token });
  for (const to of ['win10', 'host']) await ask(socket, 'seat.give', { seat: 'desk', to });
  const tookMs = performance.now() - began;
  socket.terminate();
  return tookMs;
}

/** @param localAddress whom the service takes for the caller */
export async function openSocket(
  address: string,
  localAddress = '127.0.0.1',
  options: ClientOptions = {},
): Promise<WebSocket> {
  const socket = new WebSocket(address, { localAddress, rejectUnauthorized: false, ...options });
  await once(socket, 'open');
  return socket.on('error', () => {});
}

/** Of the domain win10. */
export async function newCode(local: BenchService['local']): Promise<string> {
  return (await local.call('guest.pair', { domain: 'win10' })).code;
}

export async function paired(
  address: string,
  code: string,
): Promise<{ id: string; token: string }> {
  const socket = await openSocket(address);
  const entered = await ask<{ id: string; token: string }>(socket, 'session.authenticate', {
    code,
  });
  socket.terminate();
  return entered;
}

/** The result of a call. Rejects where it is refused. */
export async function ask<Result>(
  socket: WebSocket,
  method: string,
  params: object,
): Promise<Result> {
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  const answer = JSON.parse(data.toString()) as { result: Result; error?: { message: string } };
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}
