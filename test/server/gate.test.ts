import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import { pageRefusal } from '../../src/server/gate.ts';
import { everywhere, openPeer, startService } from './support.ts';

const trusting = { rejectUnauthorized: false };

async function statusOf(address: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(address, { headers, ...trusting });
  socket.on('error', () => {});
  const answer = Promise.withResolvers<number>();
  socket.on('open', () => answer.resolve(101));
  socket.on('unexpected-response', (_request, { statusCode = 0 }: IncomingMessage) =>
    answer.resolve(statusCode),
  );
  const status = await answer.promise;
  socket.terminate();
  return status;
}

test.each([
  { host: '127.0.0.1:PORT', status: 101, why: 'the address itself' },
  { host: 'localhost:PORT', status: 101, why: 'its name on this machine' },
  { host: 'LOCALHOST:PORT', status: 101, why: 'in capitals' },
  { host: 'evil.example:PORT', status: 403, why: 'a name that was rebound to it' },
  { host: 'evil.example', status: 403, why: 'a name alone' },
  { host: '127.0.0.1', status: 403, why: 'the address without the port' },
  { host: '127.0.0.2:PORT', status: 403, why: 'another address' },
  { host: '127.0.0.1.evil.example:PORT', status: 403, why: 'what begins like the address' },
  { host: 'localhost.evil.example:PORT', status: 403, why: 'what begins like its name' },
  { host: '127.0.0.1:1', status: 403, why: 'another port' },
])('by the Host $host ($why) the answer is $status', async ({ host, status }) => {
  const { address, port, journal } = await startService();
  expect(await statusOf(address, { Host: host.replace('PORT', String(port)) })).toBe(status);
  expect(journal).toEqual(
    status === 101 ? [] : ['127.0.0.1: not let in: the Host is none of the addresses listened on'],
  );
});

test.each([
  { origin: 'https://127.0.0.1:PORT', status: 101 },
  { origin: 'http://127.0.0.1:PORT', status: 403 },
  { origin: 'https://localhost:PORT', status: 403 },
  { origin: 'https://evil.example', status: 403 },
  { origin: 'null', status: 403 },
])('over TLS a page of $origin is answered $status', async ({ origin, status }) => {
  const { port, journal } = await startService({ listen: [everywhere] });
  const headers = { Origin: origin.replace('PORT', String(port)) };
  expect(await statusOf(`wss://127.0.0.1:${port}/`, headers)).toBe(status);
  expect(journal).toEqual(
    status === 101 ? [] : ['127.0.0.1: not let in: the Origin is a page of another site'],
  );
});

test.each([
  { reached: '::1', host: '[::1]:18503', isOwn: true },
  { reached: '::1', host: '::1:18503', isOwn: false },
  { reached: '::1', host: 'localhost:18503', isOwn: true },
  { reached: 'fd00::1', host: '[fd00::1]:18503', isOwn: true },
  { reached: 'fd00::1', host: 'localhost:18503', isOwn: false },
  { reached: '::ffff:192.168.122.1', host: '192.168.122.1:18503', isOwn: true },
  { reached: '192.168.122.1', host: 'localhost:18503', isOwn: false },
  { reached: 'fe80::1%virbr0', host: '[fe80::1]:18503', isOwn: true },
  { reached: '192.168.122.1', host: undefined, isOwn: false },
])('$host is a name of $reached: $isOwn', ({ reached, host, isOwn }) => {
  const socket = { localAddress: reached, localPort: 18_503 };
  const request = { socket, headers: { host } } as IncomingMessage;
  expect(pageRefusal(request, 'network', true) === null).toBe(isOwn);
});

test.each([
  { reached: '192.168.122.1', port: 443, secure: true, host: '192.168.122.1', isOwn: true },
  { reached: '192.168.122.1', port: 443, secure: true, host: '192.168.122.1:443', isOwn: true },
  { reached: 'fd00::1', port: 443, secure: true, host: '[fd00::1]', isOwn: true },
  { reached: '127.0.0.1', port: 80, secure: false, host: 'localhost', isOwn: true },
  { reached: '192.168.122.1', port: 443, secure: false, host: '192.168.122.1', isOwn: false },
  { reached: '192.168.122.1', port: 18_503, secure: true, host: '192.168.122.1', isOwn: false },
  { reached: '192.168.122.1', port: 443, secure: true, host: 'evil.example', isOwn: false },
  { reached: '192.168.122.1', port: 443, secure: true, host: undefined, isOwn: false },
])('on port $port, TLS $secure, $host is a name of $reached: $isOwn', (row) => {
  const socket = { localAddress: row.reached, localPort: row.port };
  const request = { socket, headers: { host: row.host } } as IncomingMessage;
  expect(pageRefusal(request, 'network', row.secure) === null).toBe(row.isOwn);
});

test('a page under the name of this machine may connect to itself', async () => {
  const { port } = await startService();
  const origin = `http://localhost:${port}`;
  expect(await statusOf(`ws://localhost:${port}/`, { Origin: origin })).toBe(101);
});

test('a page is shown under a name that is ours, and no other', async () => {
  const { port } = await startService();
  const statuses = [];
  for (const host of [`127.0.0.1:${port}`, `evil.example:${port}`]) {
    const request = get({ host: '127.0.0.1', port, headers: { Host: host } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    statuses.push(response.statusCode);
  }
  expect(statuses).toEqual([200, 403]);
});

test('the unix socket is no matter of names', async () => {
  const { unixAddress } = await startService();
  await openPeer(unixAddress, { headers: { Host: 'anything' } });
});
