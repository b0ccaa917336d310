import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { attackedDesk, attackerAddress, oldTls } from './attack-desk.ts';
import { upgradeRequest } from './attack-request.ts';
import { openGuestPeer, openPeer, startService, until } from './support.ts';

test('plain HTTP where TLS is spoken is a line in the journal', async () => {
  const { service } = await attackedDesk();
  const socket = connectSocket({ port: service.port, localAddress: attackerAddress });
  socket.on('error', () => {}).resume();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => service.journal.length > 0);
  expect(service.journal).toEqual([
    `${attackerAddress}: not let in: no TLS came of it (http request)`,
  ]);
});

test('so is an old TLS', async () => {
  const desk = await attackedDesk();
  await desk.attacker(desk.address, oldTls).catch(() => {});
  await until(() => desk.service.journal.length > 0);
  expect(desk.service.journal).toEqual([
    `${attackerAddress}: not let in: no TLS came of it (unsupported protocol)`,
  ]);
});

test.each([
  ['BLAH\r\n\r\n', '400 Bad Request', 'the request is no HTTP (Invalid method encountered)'],
  ['GET / HT', '408 Request Timeout', 'no whole request came in time'],
])('so is a request that begins %j, which is answered %s', async (text, status, why) => {
  const service = await startService({ limits: { authenticateMs: 200 } });
  const socket = connectSocket(service.port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  socket.write(text);
  await once(socket, 'close');
  expect(answer).toContain(status);
  expect(service.journal).toEqual([`127.0.0.1: not let in: ${why}`]);
});

test('so is a request that is too large, once, however much of it comes', async () => {
  const service = await startService();
  const socket = connectSocket(service.port, '127.0.0.1')
    .on('error', () => {})
    .resume();
  socket.write(`GET / HTTP/1.1\r\nA: ${'a'.repeat(100_000)}\r\n\r\n`);
  await once(socket, 'close');
  expect(service.journal).toEqual(['127.0.0.1: not let in: the request is too large']);
});

test.each([
  ['GET', '/wp-login.php', 404],
  ['DELETE', '/', 405],
])('so is %s %s, which is answered %i', async (method, path, status) => {
  const service = await startService();
  const request = get({ host: '127.0.0.1', port: service.port, method, path });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(status);
  await until(() => service.journal.length > 0);
  expect(service.journal).toEqual([
    `127.0.0.1: asked for what is not there: ${method} ${path}: ${status}`,
  ]);
});

test.each([
  ['a binary message', [0x82, 0x80, 0, 0, 0, 0], 'sent what is no text, and is dropped'],
  ['text that is not UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff], 'invalid UTF-8 sequence'],
  [
    'a message that is too large',
    [0x81, 0xfe, 0x40, 0x01, 0, 0, 0, 0],
    'Max payload size exceeded',
  ],
  ['a frame without a mask', [0x81, 2, 0x7b, 0x7d], 'MASK must be set'],
])('so is %s', async (_name, frame, why) => {
  const service = await startService();
  const socket = connectSocket(service.port, '127.0.0.1')
    .on('error', () => {})
    .resume();
  onTestFinished(() => void socket.destroy());
  socket.write(upgradeRequest(`127.0.0.1:${service.port}`));
  socket.write(Buffer.from(frame));
  await until(() => service.journal.length > 0);
  expect(service.journal[0]).toContain(why);
});

test('a websocket of another version is refused, and the journal tells', async () => {
  const { port, journal } = await startService();
  const socket = connectSocket(port, '127.0.0.1').on('error', () => {});
  const answer = text(socket);
  socket.write(upgradeRequest(`127.0.0.1:${port}`).replace('Version: 13', 'Version: 7'));
  expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(journal).toEqual([
    expect.stringMatching(/^127\.0\.0\.1: not let in: .*Sec-WebSocket-Version/),
  ]);
});

test('a guest that sends much junk hides neither what it asks for nor that it is revoked', async () => {
  const service = await startService();
  const guest = await openGuestPeer(service, 'win10');
  for (let id = 1; id <= 40; id += 1) await guest.ask('junk', {}, id);
  await guest.ask('seat.give', { seat: 'desk', to: 'linux' });
  const [{ id } = { id: '' }] = service.guests.list();
  await (await openPeer(service.unixAddress)).ask('guest.revoke', { id });
  await guest.closed;
  const lines = service.journal.filter((line) => !/an unknown method|^local/.test(line));
  expect(lines.map((line) => line.replace(/^.*\): |^.*\) /, ''))).toEqual([
    'has come',
    'seat.give desk linux: refused: This guest may move the seat "desk" only between the host and itself.',
    'is revoked',
    'has left',
  ]);
});
