import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import {
  eventually,
  everywhere,
  manualClock,
  openGuestPeer,
  openPeer,
  startService,
  until,
} from './support.ts';

test('a message of more bytes than configured closes the connection', async () => {
  const service = await startService({ limits: { messageBytes: 1024 } });
  const peer = await openGuestPeer(service, 'win10');
  peer.sendText('{"jsonrpc":"2.0","id":1,"method":"state.get"}'.padEnd(1024));
  expect(await peer.next()).toMatchObject({ result: {} });
  peer.sendText('x'.repeat(1025));
  expect(await peer.closed).toMatchObject({ code: 1009 });
  const local = await openPeer(service.unixAddress);
  local.sendText('{"jsonrpc":"2.0","id":1,"method":"state.get"}'.padEnd(16_384));
  expect(await local.next()).toMatchObject({ result: {} });
});

test('who sends more messages a second than configured waits for the answers', async () => {
  const clock = manualClock();
  const service = await startService({ clock, limits: { messagesPerSecond: 5 } });
  const peer = await openGuestPeer(service, 'win10');
  for (let id = 1; id <= 6; id += 1) peer.send({ jsonrpc: '2.0', id, method: 'state.get' });
  for (const id of [1, 2, 3, 4]) expect(await peer.next()).toMatchObject({ id });
  await until(() => service.journal.some((line) => line.endsWith('sends too much, and is slowed')));
  let answers = 0;
  peer.socket.on('message', () => {
    answers += 1;
  });
  const local = await openPeer(service.unixAddress);
  await local.ask('state.get');
  expect(answers).toBe(0);
  clock.advance(200);
  await until(() => answers === 1);
});

test('who goes on flooding is dropped with 1008, and local control has noticed nothing', async () => {
  const clock = manualClock();
  const service = await startService({ clock, limits: { dropAfterMs: 3_000 } });
  const peer = await openGuestPeer(service, 'win10');
  const local = await openPeer(service.unixAddress);
  for (let id = 1; id <= 2_000; id += 1) peer.send({ jsonrpc: '2.0', id, method: 'state.get' });
  await until(() => service.journal.some((line) => line.endsWith('and is slowed')));
  for (let id = 1; id <= 200; id += 1) {
    expect(await local.ask('state.get', {}, id)).toMatchObject({ id, result: {} });
  }
  clock.advance(3_000);
  await until(() => service.journal.some((line) => line.endsWith('and is dropped')));
  // It is not read any more, so that its own goodbye is not waited for long.
  clock.advance(1_000);
  const end = await peer.closed;
  expect(end).toEqual({ code: 1008, reason: 'Too many messages' });
  expect(service.journal.slice(-2)).toEqual([
    '127.0.0.1: went on to send too much, and is dropped',
    expect.stringMatching(/guest .* has left$/) as string,
  ]);
});

test('pings without end are slowed like messages', async () => {
  const clock = manualClock();
  const service = await startService({ clock });
  const peer = await openGuestPeer(service, 'win10');
  const isSlowed = () => service.journal.some((line) => line.endsWith('and is slowed'));
  let pongs = 0;
  peer.socket.on('pong', () => (pongs += 1));
  // A few at a time: ws by itself ends a connection with too many that are not answered yet.
  for (let pings = 20; !isSlowed(); pings += 20) {
    for (let each = 0; each < 20; each += 1) peer.socket.ping('x'.repeat(100));
    await until(() => pongs >= pings || isSlowed());
  }
});

test('no more connections are open than configured, of one guest and in all', async () => {
  const limits = { connections: 3, connectionsPerGuest: 2, connectionsPerAddress: 1 };
  const service = await startService({ limits });
  const [win10, linux] = [await service.guests.pair('win10'), await service.guests.pair('linux')];
  const enter = async ({ token }: { token: string }) => {
    const peer = await openPeer(service.address);
    return { peer, answer: await peer.ask('session.authenticate', { token }) };
  };
  const first = await enter(win10);
  await enter(win10);
  const third = await enter(win10);
  expect(third.answer).toMatchObject({ error: { data: { code: 'busy' } } });
  expect(await third.peer.closed).toEqual({ code: 1013, reason: 'Try again later' });
  expect(service.journal).toContain(
    `127.0.0.1: not let in: guest ${win10.id} (win10) has too many connections`,
  );
  // At the same address, for which they count no longer.
  expect((await enter(linux)).answer).toMatchObject({ result: { domain: 'linux' } });
  await expect(enter(linux)).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(service.journal).toContain('127.0.0.1: not let in: there are too many connections');
  await openPeer(service.unixAddress);
  first.peer.socket.close();
  await first.peer.closed;
  await eventually(async () => {
    expect((await enter(win10)).answer).toMatchObject({ result: {} });
  });
});

test('of one address no more have said nothing yet than configured, others are not counted', async () => {
  const service = await startService({ limits: { connectionsPerAddress: 2 } });
  const from = (localAddress: string) => openPeer(service.address, { localAddress });
  const other = await from('127.0.0.2');
  const [oldest, second] = [await from('127.0.0.1'), await from('127.0.0.1')];
  const third = await from('127.0.0.1');
  expect(await oldest.closed).toMatchObject({ code: 1006 });
  for (const { socket } of [other, second, third]) expect(socket.readyState).toBe(socket.OPEN);
  expect(service.journal).toEqual([
    '127.0.0.1: dropped before it said who it is: there are too many connections',
  ]);
});

test.each([
  ['by TLS', [everywhere], 'wss', '\u0016\u0003\u0001'],
  ['without', [{ address: '127.0.0.1', port: 0 }], 'ws', 'GET / HTTP/1.1\r\nHost: '],
])(
  'a crowd of strangers at many addresses keeps no guest out, %s',
  async (_name, listen, scheme, half) => {
    const limits = { authenticateMs: 3_600_000, connectionsPerGuest: 64 };
    const service = await startService({ listen, limits });
    const address = `${scheme}://127.0.0.1:${service.port}/`;
    const { token } = await service.guests.pair('win10');
    const guestFrom = async (localAddress: string) => {
      const peer = await openPeer(address, { localAddress, rejectUnauthorized: false });
      expect(await peer.ask('session.authenticate', { token })).toMatchObject({ result: {} });
      return peer;
    };
    const before = await guestFrom('127.0.0.1');
    const crowd: Socket[] = [];
    for (let each = 0; each < 128; each += 1) {
      const localAddress = `127.0.1.${each % 16}`;
      const stranger = connectSocket({ port: service.port, host: '127.0.0.1', localAddress });
      crowd.push(stranger.on('error', () => {}).resume());
      stranger.write(half);
      await once(stranger, 'connect');
    }
    await until(() => crowd.filter((stranger) => stranger.closed).length >= 65);
    // Nor does one that got as far as a websocket, and says nothing there.
    await openPeer(address, { localAddress: '127.0.1.20', rejectUnauthorized: false });

    const after = [];
    for (let each = 0; each < 10; each += 1) after.push(await guestFrom(`127.0.2.${each % 5}`));
    for (const guest of [before, ...after]) {
      expect(await guest.ask('state.get')).toMatchObject({ result: {} });
    }
    for (const stranger of crowd) stranger.destroy();
  },
);

test('where everybody there is known, one more is refused, and those who are there stay', async () => {
  const service = await startService({ limits: { connections: 2 } });
  const guests = [await openGuestPeer(service, 'win10'), await openGuestPeer(service, 'linux')];
  await expect(openPeer(service.address)).rejects.toThrow(/socket hang up|ECONNRESET/);
  for (const guest of guests) expect(await guest.ask('state.get')).toMatchObject({ result: {} });
});

test('who has said nothing gives way, at the address with most of those, and the journal tells', async () => {
  const service = await startService({ limits: { connections: 3 } });
  const from = (localAddress: string) => openPeer(service.address, { localAddress });
  const [single, oldest] = [await from('127.0.0.2'), await from('127.0.0.3')];
  await from('127.0.0.3');
  await from('127.0.0.4');
  expect(await oldest.closed).toMatchObject({ code: 1006 });
  expect(single.socket.readyState).toBe(single.socket.OPEN);
  expect(service.journal).toEqual([
    '127.0.0.3: dropped before it said who it is: there are too many connections',
  ]);
});

test('an address that connects too often waits for a while, and others do not', async () => {
  const clock = manualClock();
  const service = await startService({
    clock,
    listen: [everywhere],
    limits: { connectsPerSecond: 2 },
  });
  const { token } = await service.guests.pair('win10');
  const address = `wss://127.0.0.1:${service.port}/`;
  const enter = async (localAddress: string) => {
    const peer = await openPeer(address, { localAddress, rejectUnauthorized: false });
    expect(await peer.ask('session.authenticate', { token })).toMatchObject({ result: {} });
    peer.socket.close();
    await peer.closed;
  };
  for (let each = 0; each < 8; each += 1) await enter('127.0.0.1');
  let isIn = false;
  const waiting = enter('127.0.0.1').then(() => (isIn = true));
  await enter('127.0.0.2');
  await openPeer(service.unixAddress);
  expect(isIn).toBe(false);
  clock.advance(50);
  await waiting;
});

test("who gives up while it waits is in nobody's way, and nobody falls over it", async () => {
  const clock = manualClock();
  const service = await startService({ clock, limits: { connectsPerSecond: 1, connections: 8 } });
  const flood: Socket[] = [];
  for (let each = 0; each < 100; each += 1) {
    const socket = connectSocket(service.port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    flood.push(socket);
  }
  await until(() => service.journal.some((line) => line.endsWith('it connects too often')));
  for (const socket of flood) socket.resetAndDestroy();
  await openPeer(service.address, { localAddress: '127.0.0.2' });
  const late = openPeer(service.address);
  await eventually(async () => {
    clock.advance(100);
    await Promise.race([late, Promise.reject(new Error('It waits.'))]);
  });
  expect(service.failures).toEqual([]);
});

test('of requests that are sent together no more than one is answered', async () => {
  const service = await startService();
  const socket = connectSocket(service.port, '127.0.0.1').on('error', () => {});
  let answers = '';
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
  socket.write(`GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\n\r\n`.repeat(50));
  await once(socket, 'close');
  expect(answers.match(/HTTP/g)?.length ?? 0).toBeLessThan(2);
  expect(service.journal.length).toBeLessThan(2);
});

test('who does not authenticate within the time configured is dropped', async () => {
  const clock = manualClock();
  const service = await startService({ clock, limits: { authenticateMs: 60_000, pingMs: 1e9 } });
  const peer = await openPeer(service.address);
  clock.advance(59_999);
  expect(peer.socket.readyState).toBe(peer.socket.OPEN);
  clock.advance(1);
  expect(await peer.closed).toEqual({
    code: 4401,
    reason: 'No session.authenticate came in time',
  });
});

test('who sends no whole request within that time is dropped', async () => {
  const service = await startService({ limits: { authenticateMs: 200 } });
  for (const beginning of ['', 'GET / HTTP/1.1\r\nHost: ']) {
    const socket = connectSocket(service.port, '127.0.0.1').on('error', () => {});
    socket.resume();
    socket.write(beginning);
    await once(socket, 'close');
  }
});

test('a peer is pinged as often as configured', async () => {
  const clock = manualClock();
  const service = await startService({ clock, limits: { pingMs: 7_000 } });
  const peer = await openGuestPeer(service, 'win10');
  let pings = 0;
  peer.socket.on('ping', () => {
    pings += 1;
  });
  await peer.ask('state.get');
  clock.advance(6_999);
  await peer.ask('state.get');
  expect(pings).toBe(0);
  clock.advance(1);
  await until(() => pings === 1);
});
