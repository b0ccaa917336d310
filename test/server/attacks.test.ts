import { once } from 'node:events';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connectToHost, pairWithHost } from '../../src/guest/connection.ts';
import { clock } from '../../src/host/clock.ts';
import { newIdentity } from '../guest/identity.ts';
import { startRelay } from '../guest/relay.ts';
import { attackedDesk, attackerAddress, oldTls, type Desk } from './attack-desk.ts';
import { upgradeRequest } from './attack-request.ts';
import { openPeer, until } from './support.ts';

/** What comes of an attempt to come in: the answer's code, and how the connection ended. */
async function entering(desk: Desk, method: string, params: unknown): Promise<string> {
  const peer = await desk.attacker();
  const answer = (await peer.ask(method, params)) as { error?: { data: { code: string } } };
  return `${answer.error?.data.code} ${(await peer.closed).code}`;
}

const authenticating = (desk: Desk, credentials: unknown) =>
  entering(desk, 'session.authenticate', credentials);

interface Attempt {
  name: string;
  attempt: (desk: Desk) => Promise<unknown>;
  refusal: unknown;
}

const strangers: Attempt[] = [
  {
    name: 'no token',
    attempt: (desk) => entering(desk, 'seat.give', { seat: 'desk', to: 'win10' }),
    refusal: 'unauthenticated 4401',
  },
  {
    name: 'a wrong token',
    attempt: (desk) => authenticating(desk, { token: `${desk.token.slice(0, -4)}AAAA` }),
    refusal: 'unauthenticated 4401',
  },
  {
    name: 'a token that was revoked',
    async attempt(desk) {
      const { id, token } = await desk.service.guests.pair('win10');
      await desk.service.guests.revoke(id);
      return authenticating(desk, { token });
    },
    refusal: 'unauthenticated 4401',
  },
  {
    name: 'a connection whose token is revoked meanwhile',
    async attempt(desk) {
      const { id, token } = await desk.service.guests.pair('win10');
      const peer = await desk.attacker();
      await peer.ask('session.authenticate', { token });
      const local = await openPeer(desk.service.unixAddress);
      await local.ask('guest.revoke', { id });
      return (await peer.closed).code;
    },
    refusal: 4403,
  },
  {
    name: 'a code that was used',
    async attempt(desk) {
      const { code } = await desk.invite();
      await (await desk.attacker()).ask('session.authenticate', { code });
      return authenticating(desk, { code });
    },
    refusal: 'unauthenticated 4401',
  },
  {
    name: 'a code that is too old',
    async attempt(desk) {
      const { code } = await desk.invite();
      desk.skip(600_000);
      return authenticating(desk, { code });
    },
    refusal: 'unauthenticated 4401',
  },
  {
    name: 'a guessed code',
    attempt: (desk) => authenticating(desk, { code: 'A'.repeat(22) }),
    refusal: 'unauthenticated 4401',
  },
  {
    name: 'a page of another site',
    attempt: (desk) => desk.attacker(desk.address, { origin: 'https://evil.example' }),
    refusal: 'Unexpected server response: 403',
  },
  {
    name: 'a page under a name that was rebound',
    attempt: (desk) =>
      desk.attacker(desk.address, {
        origin: `https://evil.example:${desk.service.port}`,
        headers: { Host: `evil.example:${desk.service.port}` },
      }),
    refusal: 'Unexpected server response: 403',
  },
  {
    name: 'no TLS',
    attempt: (desk) => desk.attacker(`ws://${desk.host}/`),
    refusal: 'socket hang up',
  },
  {
    name: 'an old TLS',
    async attempt(desk) {
      const told = await desk.attacker(desk.address, oldTls).catch((error: unknown) => error);
      await until(() => desk.service.journal.length > 0);
      return [(told as Error).message, ...desk.service.journal];
    },
    refusal: [
      expect.stringContaining('tlsv1 alert protocol version'),
      `${attackerAddress}: not let in: no TLS came of it (unsupported protocol)`,
    ],
  },
];

test.each(strangers)('$name is refused', async ({ attempt, refusal }) => {
  const desk = await attackedDesk();
  const outcome = await attempt(desk).catch((error: unknown) => (error as Error).message);
  expect(outcome).toEqual(refusal);
  expect(desk.service.control.moves).toEqual([]);
  await desk.expectHandoff();
});

test('a seat of others is to a guest as one that does not exist', async () => {
  const desk = await attackedDesk();
  const peer = await desk.attacker();
  await peer.ask('session.authenticate', { token: desk.token });
  const answers = [];
  for (const [seat, to] of [
    ['lab', 'host'],
    ['lab', 'win10'],
    ['lab', 'linux'],
    ['bal', 'host'],
  ]) {
    answers.push(await peer.ask('seat.give', { seat, to }));
    answers.push(await peer.ask('seat.toggle', { seat }));
  }
  const [first, ...others] = answers.map((each) => JSON.stringify(each).replace('bal', 'lab'));
  expect(first).toContain('seat-unknown');
  expect(others).toEqual(Array.from({ length: 7 }, () => first));
  expect(desk.service.control.moves).toEqual([]);
  await desk.expectHandoff();
});

test('what was recorded on the way of a guest does nothing when it is sent again', async () => {
  const desk = await attackedDesk();
  const recorded: Buffer[] = [];
  const relay = createServer((socket) => {
    const onwards = connectSocket(desk.service.port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => recorded.push(chunk));
    socket.pipe(onwards).pipe(socket);
    for (const end of [socket, onwards]) end.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  onTestFinished(() => void relay.close());
  const bound = relay.address() as { port: number };
  const guest = await openPeer(`wss://127.0.0.1:${bound.port}/`, {
    rejectUnauthorized: false,
    headers: { Host: desk.host },
  });
  await guest.ask('session.authenticate', { token: desk.token });
  await guest.ask('seat.toggle', { seat: 'desk' });
  guest.socket.terminate();
  expect(desk.service.control.moves).toEqual(['desk to win10']);

  const again = connectSocket({ port: desk.service.port, localAddress: attackerAddress });
  again.on('error', () => {}).resume();
  again.end(Buffer.concat(recorded));
  await until(() => again.closed);
  expect(desk.service.control.moves).toEqual(['desk to win10']);
  await desk.expectHandoff();
});

test('a relay that puts its own certificate in place is told no code and no token', async () => {
  const desk = await attackedDesk();
  const relay = await startRelay(await newIdentity(), desk.service.port);
  const { code, pin } = await desk.invite();
  const place = { address: '127.0.0.1', port: desk.service.port, pin };
  const relayed = { ...place, port: relay.port };
  const refused = { code: 'not-permitted' };
  await expect(pairWithHost(clock, { ...relayed, code })).rejects.toMatchObject(refused);
  const guest = { token: desk.token, domain: 'win10' };
  await expect(connectToHost(clock, { ...relayed, ...guest })).rejects.toMatchObject(refused);
  expect(relay.heard()).toBe('');
  await pairWithHost(clock, { ...place, code });
  await desk.expectHandoff();
});

const masked = (first: number, length: number, payload = '') =>
  Buffer.concat([Buffer.from([first, 0x80 | length, 0, 0, 0, 0]), Buffer.from(payload)]);

test.each<[string, number, Buffer]>([
  ['a message of more than 16 KiB', 1009, Buffer.from([0x81, 0xfe, 0x40, 0x01, 0, 0, 0, 0])],
  [
    'a message of 8 EiB',
    1009,
    Buffer.from([0x81, 0xff, 0x7f, ...Array.from({ length: 11 }, () => 0xff)]),
  ],
  ['fragments of more than 16 KiB together', 1009, fragments(17, 1024)],
  ['fragments without end', 1008, fragments(20_000, 0)],
  ['a frame without a mask', 1002, Buffer.from([0x81, 2, 0x7b, 0x7d])],
  ['a frame with reserved bits', 1002, masked(0xf1, 0)],
  ['a compressed frame', 1002, masked(0xc1, 2, '{}')],
  ['an unknown kind of frame', 1002, masked(0x83, 0)],
  ['a continuation of nothing', 1002, masked(0x80, 2, '{}')],
  ['a ping in pieces', 1002, masked(0x09, 0)],
  ['a ping of 126 bytes', 1002, Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0])],
  ['a goodbye with half a code', 1002, masked(0x88, 1, 'x')],
  ['a goodbye with a code of nobody', 1002, masked(0x88, 2, '\u0000\u0001')],
  ['a binary message', 1003, masked(0x82, 2, '{}')],
  ['text that is not UTF-8', 1007, Buffer.concat([masked(0x81, 1), Buffer.from([0xff])])],
])('%s ends the connection with %i', async (_name, code, frame) => {
  const desk = await attackedDesk();
  const socket = await desk.rawAttacker();
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  socket.write(upgradeRequest(desk.host));
  await until(() => received.includes('\r\n\r\n'));
  socket.write(frame);
  await until(() => closeCodeIn(received) !== undefined);
  expect(closeCodeIn(received)).toBe(code);
  await desk.expectHandoff();
});

/** The service's own frames are short here: two bytes, then as many as the second says. */
function closeCodeIn(received: Buffer): number | undefined {
  let at = received.indexOf('\r\n\r\n') + 4;
  while (at + 4 <= received.length && received[at] !== 0x88) at += 2 + (received[at + 1] ?? 0);
  return at + 4 <= received.length ? received.readUInt16BE(at + 2) : undefined;
}

function fragments(count: number, bytes: number): Buffer {
  const payload = 'x'.repeat(bytes);
  const header = bytes < 126 ? [0x80 | bytes] : [0xfe, bytes >> 8, bytes & 0xff];
  const frame = (first: number) =>
    Buffer.concat([Buffer.from([first, ...header, 0, 0, 0, 0]), Buffer.from(payload)]);
  return Buffer.concat(Array.from({ length: count }, (_, index) => frame(index === 0 ? 1 : 0)));
}

test('requests that never end are cut off, and keep nobody waiting', async () => {
  const desk = await attackedDesk({ limits: { authenticateMs: 1_000 } });
  const sockets = await Promise.all(Array.from({ length: 8 }, () => desk.rawAttacker()));
  const drip = setInterval(() => sockets.forEach((socket) => socket.write('X')), 50);
  onTestFinished(() => clearInterval(drip));
  for (const socket of sockets) socket.resume().write('GET / HTTP/1.1\r\nHost: ');
  await desk.expectHandoff();
  await until(() => sockets.every((socket) => socket.closed));
});

test('500 connections leave a guest its own', async () => {
  const desk = await attackedDesk();
  const flood: Socket[] = Array.from({ length: 500 }, () =>
    connectSocket({ port: desk.service.port, localAddress: attackerAddress })
      .on('error', () => {})
      .resume(),
  );
  onTestFinished(() => flood.forEach((socket) => socket.destroy()));
  await desk.expectHandoff();
  await until(() => flood.filter((socket) => socket.closed).length >= 492);
  await desk.expectHandoff();
  expect(
    desk.service.journal.filter((line) => line.startsWith(attackerAddress)).length,
  ).toBeLessThan(40);
});

test('no token or code is in the journal, whatever was tried with it', async () => {
  const desk = await attackedDesk();
  const { code } = await desk.invite();
  await authenticating(desk, { token: `${desk.token}x` });
  const peer = await desk.attacker();
  const { result } = (await peer.ask('session.authenticate', { code })) as {
    result: { token: string };
  };
  await peer.ask('session.authenticate', { token: result.token });
  await peer.ask('guest.revoke', { id: result.token });
  await peer.ask('seat.give', { seat: 'desk', to: 'win10', token: result.token });
  await peer.ask('seat.give', { seat: 'desk', to: 'win10' });
  await peer.ask('log', { token: result.token });
  await peer.ask('seat.toggle', { seat: result.token });
  const id = result.token.split('.')[0];
  expect(desk.service.journal).toEqual([
    'local socket: command line: guest.pair win10: done',
    '127.0.0.2: not let in: The token is not known here.',
    `127.0.0.2: guest ${id} (win10) has come, by a code`,
    `127.0.0.2: guest ${id} (win10): session.authenticate: refused: This connection needs no further authentication.`,
    `127.0.0.2: guest ${id} (win10): guest.revoke ${id}.…: refused: A guest may not call guest.revoke.`,
    `127.0.0.2: guest ${id} (win10): seat.give: refused: The parameters of seat.give are not what it takes: Unrecognized key: "token".`,
    `127.0.0.2: guest ${id} (win10): seat.give desk win10: done`,
    `127.0.0.2: guest ${id} (win10): an unknown method: refused: There is no method "log".`,
    `127.0.0.2: guest ${id} (win10): seat.toggle ${id}.…: refused: There is no seat "${id}.…".`,
  ]);
});
