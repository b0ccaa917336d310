import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { HandglassError } from '../../src/errors.ts';
import { connect } from '../../src/server/client.ts';
import { manualClock, startService, temporaryFolder } from './support.ts';

test('a call brings the result', async () => {
  const service = await startService({ clock: manualClock() });
  const client = await connect(service.unixAddress);
  expect(await client.call('state.get', {})).toEqual({
    ...service.control.current,
    number: 1,
    time: '2026-01-01T00:00:00.000Z',
    guests: [],
  });
  expect(await client.call('seat.toggle', { seat: 'desk' })).toMatchObject({ owner: 'win10' });
  await client.close();
});

test('calls that are made together each bring their own result', async () => {
  const service = await startService();
  const client = await connect(service.unixAddress);
  const gate = Promise.withResolvers<void>();
  service.control.beforeMoveEnds = () => gate.promise;
  const moved = client.call('seat.give', { seat: 'desk', to: 'win10' });
  const refused = client.call('seat.give', { seat: 'attic', to: 'host' });
  await expect(refused).rejects.toMatchObject({ code: 'seat-unknown' });
  gate.resolve();
  expect(await moved).toMatchObject({ name: 'desk', owner: 'win10' });
});

test('a guest authenticates with its token', async () => {
  const service = await startService();
  const { token } = await service.guests.pair('linux');
  const client = await connect(service.address, { token });
  expect((await client.call('state.get', {})).domains).toEqual([
    { name: 'linux', state: 'shut off' },
  ]);
});

test('a token that is no good is refused as unauthenticated', async () => {
  const service = await startService();
  await expect(connect(service.address, { token: 'a.b' })).rejects.toMatchObject({
    code: 'unauthenticated',
    what: 'The token is not known here.',
  });
});

test('a failure keeps its code, its sentence and its remedy', async () => {
  const service = await startService();
  const failure = new HandglassError('handoff-failed', 'The mouse is gone.', 'Plug it in.');
  service.control.beforeMoveEnds = () => Promise.reject(failure);
  const client = await connect(service.unixAddress);
  const error: unknown = await client.call('seat.toggle', { seat: 'desk' }).catch((e) => e);
  expect(error).toBeInstanceOf(HandglassError);
  expect(error).toMatchObject({
    code: 'handoff-failed',
    what: 'The mouse is gone.',
    remedy: 'Plug it in.',
  });
});

test('states come in their order, the first at once, until the client closes', async () => {
  const service = await startService();
  const client = await connect(service.unixAddress);
  const owners: (string | undefined)[] = [];
  for await (const { seats } of client.states()) {
    owners.push(seats[0]?.owner);
    if (owners.length === 3) await client.close();
    else await client.call('seat.toggle', { seat: 'desk' });
  }
  expect(owners).toEqual(['host', 'win10', 'host']);
});

test('whoever has seen enough states goes on with the client', async () => {
  const service = await startService();
  const client = await connect(service.unixAddress);
  for await (const { seats } of client.states()) {
    if (seats[0]?.owner === 'win10') break;
    await client.call('seat.toggle', { seat: 'desk' });
  }
  expect(await client.call('seat.toggle', { seat: 'desk' })).toMatchObject({ owner: 'host' });
  expect(await client.call('seat.toggle', { seat: 'desk' })).toMatchObject({ owner: 'win10' });
  await client.close();
});

test('states fail when the service stops', async () => {
  const service = await startService();
  const client = await connect(service.unixAddress);
  const states = client.states();
  await states.next();
  const next = states.next();
  await Promise.all([
    expect(next).rejects.toMatchObject({
      code: 'service-down',
      what: 'The service has ended.',
    }),
    service.stop(),
  ]);
});

test('a call that has no answer when the connection ends fails, and so does one after it', async () => {
  const service = await startService();
  const client = await connect(service.unixAddress);
  const moving = Promise.withResolvers<void>();
  service.control.beforeMoveEnds = () => {
    moving.resolve();
    return new Promise(() => {});
  };
  const call = client.call('seat.toggle', { seat: 'desk' });
  await moving.promise;
  await Promise.all([expect(call).rejects.toMatchObject({ code: 'service-down' }), service.stop()]);
  await expect(client.call('state.get', {})).rejects.toMatchObject({ code: 'service-down' });
  await client.close();
});

test('a guest that is revoked is told so', async () => {
  const service = await startService();
  const { id, token } = await service.guests.pair('win10');
  const guest = await connect(service.address, { token });
  const states = guest.states();
  await states.next();
  const local = await connect(service.unixAddress);
  await Promise.all([
    expect(states.next()).rejects.toMatchObject({ code: 'unauthenticated' }),
    local.call('guest.revoke', { id }),
  ]);
});

test('a socket that is not there or that nobody serves means that the service is down', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'stale'), '');
  for (const name of ['absent', 'stale']) {
    await expect(connect(`ws+unix:${join(folder, name)}:/`)).rejects.toMatchObject({
      code: 'service-down',
      remedy:
        'Start it with `sudo systemctl start handglass`; if it does not stay up, `journalctl -u handglass` says why.',
    });
  }
});

test('an address that nobody serves means that the service is down', async () => {
  const service = await startService();
  await service.stop();
  await expect(connect(service.address)).rejects.toMatchObject({ code: 'service-down' });
});

test('a socket that this user may not open is a matter of permission', async () => {
  const service = await startService();
  await chmod(service.socketPath, 0);
  // No mode keeps root out.
  if (process.geteuid?.() === 0) {
    process.seteuid?.(65_534);
    onTestFinished(() => process.seteuid?.(0));
  }
  await expect(connect(service.unixAddress)).rejects.toMatchObject({
    code: 'not-permitted',
    remedy: 'Join the group with `sudo usermod -aG handglass "$USER"`, then log in again.',
  });
});

/** A server that answers the first message with this text. */
async function answering(answer: string): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on('connection', (socket: WebSocket) => socket.on('message', () => socket.send(answer)));
  await once(server, 'listening');
  const bound = server.address();
  return `ws://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`;
}

const errorWith = (code: string) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    error: { code: -1, message: 'It failed.', data: { code, remedy: '' } },
  });

test.each([
  ['a code of ours', errorWith('device-absent'), 'device-absent'],
  ['a code that is not known', errorWith('full-moon'), 'internal'],
  ['a code of every object', errorWith('constructor'), 'internal'],
  ['an unknown method', errorWith('method-not-found'), 'protocol'],
  ['bad parameters', errorWith('invalid-params'), 'protocol'],
  ['a result of another shape', '{"jsonrpc":"2.0","id":1,"result":{"seats":7}}', 'protocol'],
  ['an error of another shape', '{"jsonrpc":"2.0","id":1,"error":"no"}', 'protocol'],
  ['no JSON', 'hello', 'protocol'],
])('an answer with %s is an error', async (_name, answer, code) => {
  const client = await connect(await answering(answer));
  await expect(client.call('state.get', {})).rejects.toMatchObject({ code });
});
