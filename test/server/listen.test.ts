import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { connect as connectSocket, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { defaultLimits } from '../../src/config/server.ts';
import { openGuests } from '../../src/server/guests.ts';
import { serve } from '../../src/server/listen.ts';
import {
  eventually,
  host,
  manualClock,
  memoryOperations,
  openGuestPeer,
  openPeer,
  startService,
  temporaryFolder,
  until,
} from './support.ts';
import { upgradeRequest } from './attack-request.ts';

async function serveOn(socketPath: string, folder: string): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const { closed } = await serve(
    host,
    {
      socketPath,
      listen: [],
      panel: [],
      certificatePath: join(folder, 'tls.pem'),
      limits: defaultLimits,
      operations: memoryOperations().operations,
      guests: await openGuests(host, join(folder, 'guests.json')),
      onPanel: () => () => {},
      onListening: () => {},
      onProblem: () => {},
      onFailure: () => {},
      log: () => {},
    },
    stopping.signal,
  );
  return async () => {
    stopping.abort();
    await closed;
  };
}

const changeTo = (owners: string[]) => ({
  method: 'state.changed',
  params: { seats: owners.map((owner) => ({ owner })) },
});

async function refusalOf(address: string, options: object = {}): Promise<number | undefined> {
  const socket = new WebSocket(address, options);
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  return response.statusCode;
}

test('local control needs no authentication, and its socket has mode 0660', async () => {
  const service = await startService();
  expect((await stat(service.socketPath)).mode & 0o7777).toBe(0o660);
  const peer = await openPeer(service.unixAddress);
  expect(await peer.ask('state.get')).toMatchObject({ result: { seats: [{}, {}, {}] } });
});

test('the end closes every connection with 1001 and takes the socket away', async () => {
  const service = await startService();
  const peers = [await openPeer(service.unixAddress), await openGuestPeer(service, 'win10')];
  await service.stop();
  for (const peer of peers) {
    expect(await peer.closed).toEqual({ code: 1001, reason: 'The service stops' });
  }
  await expect(stat(service.socketPath)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a peer that says no goodbye does not hold up the end', async () => {
  const clock = manualClock();
  const service = await startService({ clock });
  const peer = await openPeer(service.unixAddress);
  peer.socket.pause();
  const stopped = service.stop();
  const goodbye = setInterval(() => clock.advance(1_000));
  await stopped;
  clearInterval(goodbye);
});

test('two clients are told of what either does, each as it may see it', async () => {
  const service = await startService();
  const local = await openPeer(service.unixAddress);
  const guest = await openGuestPeer(service, 'win10');
  await local.ask('state.subscribe');
  await guest.ask('state.subscribe');
  guest.send({ jsonrpc: '2.0', method: 'seat.toggle', params: { seat: 'couch' } });
  expect(await local.next()).toMatchObject(changeTo(['host', 'win10', 'host']));
  expect(await guest.next()).toMatchObject(changeTo(['host', 'win10']));
  local.send({ jsonrpc: '2.0', method: 'seat.give', params: { seat: 'couch', to: 'linux' } });
  expect(await local.next()).toMatchObject(changeTo(['host', 'linux', 'host']));
  expect(await guest.next()).toMatchObject(changeTo(['host', 'other']));
});

test('a guest that is revoked on the host is cut off at once and for good', async () => {
  const service = await startService();
  const local = await openPeer(service.unixAddress);
  const { id, token } = await service.guests.pair('win10');
  const guest = await openPeer(service.address);
  await guest.ask('session.authenticate', { token });
  expect(await local.ask('guest.list')).toMatchObject({ result: [{ id, connected: true }] });
  expect(await local.ask('guest.revoke', { id })).toMatchObject({ result: {} });
  expect(await guest.closed).toEqual({ code: 4403, reason: 'This guest was revoked' });
  const again = await openPeer(service.address);
  expect(await again.ask('session.authenticate', { token })).toMatchObject({
    error: { data: { code: 'unauthenticated' } },
  });
});

test('a state of more than 16 KiB comes in frames of at most 16 KiB', async () => {
  const service = await startService();
  service.control.current.problems = Array.from({ length: 200 }, () => ({
    code: 'listen-failed',
    message: 'ä'.repeat(100),
    remedy: '',
  }));
  const peer = await openPeer(service.unixAddress, { maxPayload: 1024 * 1024 });
  expect(await peer.ask('state.get')).toMatchObject({
    result: { problems: service.control.current.problems },
  });

  const raw = connectSocket(service.socketPath);
  onTestFinished(() => void raw.destroy());
  raw.write(upgradeRequest('localhost'));
  const masked = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"state.get"}');
  raw.write(Buffer.concat([Buffer.from([0x81, 0x80 | masked.length, 0, 0, 0, 0]), masked]));
  let received = Buffer.alloc(0);
  raw.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  await until(() => received.length > 40_000);
  const frames = received.subarray(received.indexOf('\r\n\r\n') + 4);
  // After the first ping: text, not the last frame, a length in the next two bytes.
  expect(frames.subarray(2, 6)).toEqual(Buffer.from([0x01, 126, 16_384 >> 8, 16_384 & 0xff]));
});

test('a plain request is answered with the page and what belongs to it, and nothing else', async () => {
  const { port } = await startService();
  const answerTo = async (method: string, path: string) => {
    const asking = request({ host: '127.0.0.1', port, method, path }).end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const { statusCode, headers } = response;
    return { statusCode, length: headers['content-length'], body: await text(response) };
  };
  const { body, length } = await answerTo('GET', '/');
  expect(body).toContain('<title>Handglass</title>');
  expect(await answerTo('HEAD', '/')).toEqual({ statusCode: 200, length, body: '' });
  expect(await answerTo('GET', '/panel.js')).toMatchObject({ statusCode: 200 });
  const nothing = { length: '0', body: '' };
  expect(await answerTo('GET', '/panel')).toEqual({ statusCode: 404, ...nothing });
  expect(await answerTo('GET', '/../etc/passwd')).toEqual({ statusCode: 404, ...nothing });
  expect(await answerTo('DELETE', '/')).toEqual({ statusCode: 405, ...nothing });
});

test('a body that is sent with a plain request is not waited for', async () => {
  const { port } = await startService();
  const post = request({ host: '127.0.0.1', port, method: 'POST' });
  post.on('error', () => {});
  post.write('a');
  const [response] = (await once(post, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(405);
  post.destroy();
});

test('only the path / is a websocket', async () => {
  const service = await startService();
  expect(await refusalOf(`${service.address}panel`)).toBe(404);
  expect(await refusalOf(`${service.address}?token=a`)).toBe(404);
});

test.each([
  ['another site', 'https://example.com', undefined],
  ['another port of this host', 'http://127.0.0.1:1', undefined],
  ['the same address by TLS', (port: number) => `https://127.0.0.1:${port}`, undefined],
  ['a file', 'null', undefined],
  ['nothing', '', undefined],
  [
    'a name that was rebound to this address',
    (port: number) => `http://evil.example:${port}`,
    (port: number) => `evil.example:${port}`,
  ],
  [
    'this address under another name',
    (port: number) => `http://127.0.0.1:${port}`,
    (port: number) => `evil.example:${port}`,
  ],
])('a page of %s is refused', async (_name, origin, hostHeader) => {
  const { address, port } = await startService();
  const of = (value: string | ((port: number) => string)) =>
    typeof value === 'string' ? value : value(port);
  const headers = hostHeader === undefined ? {} : { Host: of(hostHeader) };
  expect(await refusalOf(address, { headers: { Origin: of(origin), ...headers } })).toBe(403);
});

test('a page that this very address has served may connect', async () => {
  const { address, port } = await startService();
  await openPeer(address, { origin: `http://127.0.0.1:${port}` });
});

test('no page may connect to the unix socket', async () => {
  const { unixAddress } = await startService();
  expect(await refusalOf(unixAddress, { origin: 'http://localhost' })).toBe(403);
});

test('the ninth stranger at an address takes the place of the first, and local control goes on', async () => {
  const service = await startService();
  const first = await openPeer(service.address);
  const others = await Promise.all(Array.from({ length: 7 }, () => openPeer(service.address)));
  expect(first.socket.readyState).toBe(first.socket.OPEN);
  others.push(await openPeer(service.address));
  await first.closed;
  for (const { socket } of others) expect(socket.readyState).toBe(socket.OPEN);
  await openPeer(service.unixAddress);
});

test('after a flood of connections a guest is served as before', async () => {
  const service = await startService();
  const flood = Array.from({ length: 300 }, () => {
    const socket = connectSocket(service.port, '127.0.0.1');
    socket.on('error', () => {});
    return socket;
  });
  await until(() => flood.filter((socket) => socket.closed).length === 292);
  for (const socket of flood) socket.destroy();
  const guest = await eventually(() => openGuestPeer(service, 'win10'));
  expect(await guest.ask('state.get')).toMatchObject({ result: {} });
});

test('a peer that answers no ping is dropped, and one that does is kept', async () => {
  const clock = manualClock();
  const service = await startService({ clock });
  const alive = await openPeer(service.unixAddress);
  const dead = await openPeer(service.unixAddress, { autoPong: false });
  // Its answer comes after its pong.
  await alive.ask('state.get');
  clock.advance(30_000);
  expect(await dead.closed).toMatchObject({ code: 1006 });
  expect(await alive.ask('state.get')).toMatchObject({ result: {} });
});

test('an address that is taken is a problem, told once, and tried again until it is free', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const bound = holder.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const clock = manualClock();
  const service = await startService({ clock, listen: [{ address: '127.0.0.1', port }] });
  expect(service.problems).toMatchObject([
    {
      what: `Guests cannot connect: another program listens on 127.0.0.1 port ${port}.`,
    },
  ]);
  await openPeer(service.unixAddress);
  clock.advance(2_000);
  holder.close();
  await once(holder, 'close');
  await eventually(async () => {
    clock.advance(2_000);
    await openPeer(`ws://127.0.0.1:${port}/`);
  });
  expect(service.problems).toHaveLength(1);
});

test('an address that does not exist yet is waited for and does not keep the service from ending', async () => {
  const service = await startService({ listen: [{ address: '192.0.2.1', port: 18_503 }] });
  expect(service.problems).toMatchObject([
    {
      code: 'address-absent',
      what: 'Guests cannot connect yet: this machine does not have the address 192.0.2.1.',
    },
  ]);
  await service.stop();
});

test('a socket whose service was killed is taken over', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'handglass.sock');
  const script = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;
  const killed = spawn(process.execPath, ['-e', script, path]);
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect((await stat(path)).isSocket()).toBe(true);
  onTestFinished(await serveOn(path, folder));
  await openPeer(`ws+unix:${path}:/`);
});

test('a second service is refused, and the first goes on', async () => {
  const service = await startService();
  await expect(serveOn(service.socketPath, service.folder)).rejects.toMatchObject({
    code: 'busy',
    what: `Another process serves ${service.socketPath} already.`,
  });
  await openPeer(service.unixAddress);
});

test('a socket whose process does not answer is not stale', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'handglass.sock');
  const mute = createServer((socket) => socket.on('error', () => {})).listen(path);
  onTestFinished(() => void mute.close());
  await once(mute, 'listening');
  await expect(serveOn(path, folder)).rejects.toMatchObject({ code: 'busy' });
});

test('what is no socket is left where it is', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  await writeFile(path, 'precious');
  await symlink(path, join(folder, 'link'));
  await mkdir(join(folder, 'folder'));
  for (const name of ['file', 'link', 'folder']) {
    await expect(serveOn(join(folder, name), folder)).rejects.toMatchObject({
      what: `The service cannot listen on ${join(folder, name)}: a ${name} is in its place.`,
    });
  }
  expect(await readFile(path, 'utf8')).toBe('precious');
});

test('a folder that is missing is named with its remedy', async () => {
  const folder = await temporaryFolder();
  await expect(serveOn(join(folder, 'none', 'socket'), folder)).rejects.toMatchObject({
    code: 'listen-failed',
    remedy: 'Its folder must exist and belong to the service; systemd makes it (RuntimeDirectory).',
  });
});
