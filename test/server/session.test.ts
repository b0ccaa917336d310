import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultLimits } from '../../src/config/server.ts';
import { HandglassError } from '../../src/errors.ts';
import { createCalls } from '../../src/server/calls.ts';
import { createEntrance, type Door } from '../../src/server/entrance.ts';
import { openGuests } from '../../src/server/guests.ts';
import { createHub } from '../../src/server/hub.ts';
import { createPictures } from '../../src/server/pictures.ts';
import { createPlaces } from '../../src/server/places.ts';
import { openSession } from '../../src/server/session.ts';
import { host, manualClock, memoryOperations, temporaryFolder, until } from './support.ts';

interface Received {
  id?: unknown;
  method?: string;
  result?: { number: number; seats: { owner: string }[] };
  params?: { number: number; seats: { owner: string }[] };
  error?: { data: { code: string } };
}

/** Sessions on connections that only note what happens to them. */
async function world(addressesOf?: (domain: string) => Promise<string[]>) {
  const clock = manualClock();
  const guests = await openGuests(host, join(await temporaryFolder(), 'guests.json'));
  onTestFinished(() => guests.settled());
  const { operations, control } = memoryOperations();
  const failures: unknown[] = [];
  const report = (error: unknown) => failures.push(error);
  const hub = createHub(clock, operations, guests, report);
  const entrance = createEntrance(clock, guests);
  const places = createPlaces(host);
  places.add({ door: 'network', address: '192.168.122.1', port: 18_503, pin: null });
  const pictures = createPictures(clock, operations);
  const means = { hub, operations, entrance, guests, places, pictures, certificate: null };
  const perform = createCalls(means, report);
  const lines: string[] = [];
  const journal = (address: string, text: string) => lines.push(`${address}: ${text}`);
  const context = {
    clock,
    hub,
    entrance,
    perform,
    journal,
    report,
    onPanel: () => () => {},
    addressesOf,
  };

  function open(door: Door) {
    const received: Received[] = [];
    const ends: string[] = [];
    const takers: (() => void)[] = [];
    const peer = { buffered: 0, reads: true, received, ends, takers };
    const session = openSession(
      {
        send(text, taken = () => {}) {
          received.push(JSON.parse(text) as Received);
          if (peer.reads) queueMicrotask(taken);
          else takers.push(taken);
        },
        bufferedBytes: () => peer.buffered,
        close: (code, reason) => ends.push(`${code} ${reason}`),
        drop: () => ends.push('dropped'),
      },
      context,
      {
        door,
        address: '192.168.122.50',
        reached: 'https://192.168.122.1:18503',
        limits: defaultLimits,
        known: () => true,
      },
    );
    const ask = (method: string, params: unknown = {}, id = 1) =>
      session.receive(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    const has = (count: number) => until(() => received.length >= count);
    return { ...session, peer, received, ends, takers, ask, has };
  }
  return { clock, guests, control, entrance, failures, lines, hub, open };
}

test('a network connection that is silent for 5 s is closed', async () => {
  const { clock, open } = await world();
  const { ends, received } = open('network');
  clock.advance(4_999);
  await Promise.resolve();
  expect(ends).toEqual([]);
  clock.advance(1);
  await until(() => ends.length > 0);
  expect(ends).toEqual(['4401 No session.authenticate came in time']);
  expect(received).toEqual([]);
});

test('a guest whose address cannot be told in time may try again later', async () => {
  const { clock, guests, open } = await world(() => new Promise(() => {}));
  const { token } = await guests.pair('win10');
  const { ask, ends } = open('network');
  ask('session.authenticate', { token });
  clock.advance(5_000);
  await until(() => ends.length > 0);
  expect(ends).toEqual(['1013 Try again later']);
});

test('the connections of a guest whose revocation cannot be written end all the same', async () => {
  const { guests, open, hub } = await world();
  const { id, token } = await guests.pair('win10');
  const { ask, ends } = open('network');
  ask('session.authenticate', { token });
  const revoke = guests.revoke.bind(guests);
  guests.revoke = async (...given) => {
    await revoke(...given);
    throw new Error('ENOSPC');
  };
  await expect(hub.revoke(id)).rejects.toThrow('ENOSPC');
  expect(ends).toEqual(['4403 This guest was revoked']);
});

test('who has authenticated in time, or is local, may be silent for ever', async () => {
  const { clock, guests, open } = await world();
  const { token, ...guest } = await guests.pair('win10');
  const network = open('network');
  const local = open('local');
  clock.advance(4_999);
  network.ask('session.authenticate', { token });
  expect(network.received).toEqual([{ jsonrpc: '2.0', id: 1, result: guest }]);
  clock.advance(3_600_000);
  network.ask('state.get');
  local.ask('state.get');
  await network.has(2);
  await local.has(1);
  expect([...network.ends, ...local.ends]).toEqual([]);
});

test('a guest that hangs up while its address is looked up stays a guest', async () => {
  const found = Promise.withResolvers<string[]>();
  const { guests, open, hub } = await world(() => found.promise);
  const { id, token } = await guests.pair('win10');
  const guest = open('network');
  guest.ask('session.authenticate', { token });
  guest.end();
  found.resolve(['192.168.122.50']);
  await new Promise(setImmediate);
  await guests.settled();
  expect(hub.guestStates()).toMatchObject([{ id, connected: false }]);
});

test('of who hangs up before the token of a code is there, no guest is left', async () => {
  const { guests, entrance, open, ...rest } = await world();
  const guest = open('network');
  guest.ask('session.authenticate', { code: entrance.invite('win10').code });
  guest.end();
  await guests.settled();
  expect(guests.list()).toHaveLength(1);
  await new Promise(setImmediate);
  await guests.settled();
  expect(guests.list()).toEqual([]);
  expect([...guest.received, ...rest.lines, ...rest.failures]).toEqual([]);
});

test('what comes before it is known who sends it is bounded', async () => {
  const { guests, open, control } = await world(() => new Promise(() => {}));
  const { token } = await guests.pair('win10');
  const guest = open('network');
  guest.ask('session.authenticate', { token });
  for (let id = 2; id <= 34; id += 1) guest.ask('seat.toggle', { seat: 'desk' }, id);
  expect(guest.ends).toEqual(['4401 Too much came before the authentication']);
  expect(control.moves).toEqual([]);
});

test('nothing is answered after a refusal', async () => {
  const { guests, open, control } = await world();
  const { token } = await guests.pair('win10');
  const { ask, received, ends } = open('network');
  ask('state.get');
  ask('session.authenticate', { token });
  ask('seat.toggle', { seat: 'desk' });
  expect(ends).toEqual(['4401 Authentication failed']);
  expect(received).toHaveLength(1);
  expect(control.moves).toEqual([]);
});

test('who subscribes is told the state, then each change that it sees', async () => {
  const { guests, open, control } = await world();
  const { token } = await guests.pair('win10');
  const guest = open('network');
  guest.ask('session.authenticate', { token });
  guest.ask('state.subscribe');
  await guest.has(2);
  control.tell();
  control.current.seats[2]!.owner = 'linux';
  control.current.problems = [];
  control.tell();
  expect(guest.received).toHaveLength(2);
  control.current.seats[0]!.owner = 'win10';
  control.tell();
  expect(guest.received).toHaveLength(3);
  expect(guest.received[1]?.result?.seats.map(({ owner }) => owner)).toEqual(['host', 'host']);
  expect(guest.received[2]).toMatchObject({ jsonrpc: '2.0', method: 'state.changed' });
  expect(guest.received[2]?.params?.seats.map(({ owner }) => owner)).toEqual(['win10', 'host']);
});

test('a change between a subscription and its answer is announced after the answer', async () => {
  const { open, control } = await world();
  const local = open('local');
  local.ask('state.subscribe');
  control.current.seats[0]!.owner = 'win10';
  control.tell();
  await local.has(2);
  expect(local.received.map(({ method, id }) => method ?? id)).toEqual([1, 'state.changed']);
});

test('subscribing twice announces each change once', async () => {
  const { open, control } = await world();
  const local = open('local');
  local.ask('state.subscribe');
  local.ask('state.subscribe', {}, 2);
  await local.has(2);
  control.current.seats[0]!.owner = 'win10';
  control.tell();
  local.ask('state.get', {}, 3);
  await local.has(4);
  expect(local.received.map(({ method, id }) => method ?? id)).toEqual([1, 2, 'state.changed', 3]);
});

/** What a subscriber that takes its time is told of so many changes. */
async function toldOf(changes: number) {
  const { open, control } = await world();
  const reader = open('local');
  reader.ask('state.subscribe');
  await reader.has(1);
  reader.peer.reads = false;
  for (let change = 1; change <= changes; change += 1) {
    control.current.seats[0]!.owner = `owner ${change}`;
    control.tell();
  }
  const sentAtOnce = reader.received.length - 1;
  while (reader.takers.length > 0) reader.takers.shift()?.();
  const states = reader.received.map(({ result, params }) => result ?? params);
  const owners = states.slice(1).map((state) => state?.seats[0]?.owner);
  return { sentAtOnce, numbers: states.map((state) => state?.number), owners };
}

test('a slow reader is told of one change at a time, and of each in its order', async () => {
  expect(await toldOf(4)).toEqual({
    sentAtOnce: 1,
    numbers: [1, 2, 3, 4, 5],
    owners: ['owner 1', 'owner 2', 'owner 3', 'owner 4'],
  });
});

test('one that is far behind misses some, and sees by the numbers that it did', async () => {
  const { numbers, owners } = await toldOf(100);
  expect(numbers.slice(0, 4)).toEqual([1, 2, 38, 39]);
  expect(numbers.at(-1)).toBe(101);
  expect(owners.at(-1)).toBe('owner 100');
});

test('a change has its time, and its number whether anyone listens or not', async () => {
  const { clock, hub, control } = await world();
  const before = hub.state();
  clock.advance(1500);
  for (const owner of ['win10', 'host']) {
    control.current.seats[0]!.owner = owner;
    control.tell();
    control.tell();
  }
  expect(hub.state().number - before.number).toBe(2);
  expect(Date.parse(hub.state().time) - Date.parse(before.time)).toBe(1500);
});

test('a peer that does not read its answers is dropped', async () => {
  const { open } = await world();
  const local = open('local');
  local.peer.buffered = 256 * 1024;
  local.ask('state.get');
  await local.has(1);
  local.peer.buffered += 1;
  local.ask('state.get');
  await until(() => local.ends.length > 0);
  expect(local.ends).toEqual(['dropped']);
  expect(local.received).toHaveLength(1);
});

test('a connection has at most 32 requests in flight', async () => {
  const { open, control } = await world();
  const gate = Promise.withResolvers<void>();
  control.beforeMoveEnds = () => gate.promise;
  const local = open('local');
  for (let id = 1; id <= 33; id += 1) local.ask('seat.toggle', { seat: 'desk' }, id);
  await local.has(1);
  expect(local.received).toMatchObject([
    { id: 33, error: { code: -32002, data: { code: 'busy' } } },
  ]);
  gate.resolve();
  await local.has(33);
  local.ask('state.get', {}, 34);
  await local.has(34);
  expect(local.received[33]?.error).toBeUndefined();
});

test('a move answers with the seat as it is then', async () => {
  const { open, control } = await world();
  const local = open('local');
  local.ask('seat.give', { seat: 'desk', to: 'win10' });
  await local.has(1);
  local.ask('seat.toggle', { seat: 'desk' }, 2);
  await local.has(2);
  expect(local.received).toMatchObject([
    { id: 1, result: { name: 'desk', owner: 'win10' } },
    { id: 2, result: { name: 'desk', owner: 'host' } },
  ]);
  expect(control.moves).toEqual(['desk to win10', 'desk to host']);
});

test('a guest without a name toggles its only seat', async () => {
  const { guests, open, control } = await world();
  control.current.seats.splice(1, 1);
  const { token } = await guests.pair('win10');
  const guest = open('network');
  guest.ask('session.authenticate', { token });
  guest.ask('seat.toggle', {}, 2);
  await guest.has(2);
  expect(guest.received[1]).toMatchObject({ id: 2, result: { name: 'desk', owner: 'win10' } });
});

test('why a move failed is told on the host, and to a guest only its code', async () => {
  const { guests, open, control, failures } = await world();
  const failure = new HandglassError('handoff-failed', 'In use by linux.', 'Stop linux.');
  control.beforeMoveEnds = () => Promise.reject(failure);
  const { token } = await guests.pair('win10');
  const guest = open('network');
  guest.ask('session.authenticate', { token });
  guest.ask('seat.toggle', { seat: 'desk' });
  await guest.has(2);
  const local = open('local');
  local.ask('seat.toggle', { seat: 'desk' });
  await local.has(1);
  expect(local.received[0]?.error).toEqual({
    code: -32009,
    message: 'In use by linux.',
    data: { code: 'handoff-failed', remedy: 'Stop linux.' },
  });
  expect(guest.received[1]?.error).toEqual({
    code: -32009,
    message: 'The host could not move the seat.',
    data: {
      code: 'handoff-failed',
      remedy: 'Ask on the host: `handglass status` there has the details.',
    },
  });
  expect(failures).toEqual([]);
});

test('a failure that nobody foresaw is internal, and its reason goes to the journal alone', async () => {
  const { open, control, failures } = await world();
  control.beforeMoveEnds = () => Promise.reject(new TypeError('linux is undefined'));
  const local = open('local');
  local.ask('seat.toggle', { seat: 'desk' });
  await local.has(1);
  expect(local.received[0]?.error).toEqual({
    code: -32603,
    message: 'The service failed in a way that it does not know.',
    data: {
      code: 'internal',
      remedy: 'Its journal has the reason: run `journalctl -u handglass` on the host.',
    },
  });
  expect(failures).toEqual([new TypeError('linux is undefined')]);
});

test('pairing takes a domain that a seat lists, and no guest comes of it yet', async () => {
  const { open, hub } = await world();
  const local = open('local');
  local.ask('guest.pair', { domain: 'attic' });
  local.ask('guest.pair', { domain: 'win10' }, 2);
  await local.has(2);
  expect(local.received).toMatchObject([
    { error: { data: { code: 'domain-unknown' } } },
    {
      id: 2,
      result: {
        domain: 'win10',
        code: expect.stringMatching(/^[\w-]{22}$/) as string,
        expires: '2026-01-01T00:10:00.000Z',
      },
    },
  ]);
  expect(hub.guestStates()).toEqual([]);
});

test('the host tells of its own sleep', async () => {
  const { open, control } = await world();
  const local = open('local');
  local.ask('host.suspend');
  local.ask('host.resume');
  await local.has(2);
  expect(local.received.slice(0, 2)).toMatchObject([
    { id: 1, result: {} },
    { id: 1, result: {} },
  ]);
  expect(control.moves).toEqual(['suspend', 'resume']);
});

test('a trial is confirmed from the host', async () => {
  const { open, control } = await world();
  const local = open('local');
  local.ask('trial.confirm');
  await local.has(1);
  expect(local.received[0]).toMatchObject({ id: 1, result: {} });
  expect(control.confirmations).toBe(1);
});

test('revoking closes every connection of that guest and of no other', async () => {
  const { guests, open, hub } = await world();
  const one = await guests.pair('win10');
  const two = await guests.pair('win10');
  const [first, second, other] = [open('network'), open('network'), open('network')];
  first.ask('session.authenticate', { token: one.token });
  second.ask('session.authenticate', { token: one.token });
  other.ask('session.authenticate', { token: two.token });
  expect(hub.guestStates().map(({ connected }) => connected)).toEqual([true, true]);
  await hub.revoke(one.id);
  expect([first.ends, second.ends, other.ends]).toEqual([
    ['4403 This guest was revoked'],
    ['4403 This guest was revoked'],
    [],
  ]);
  expect(hub.guestStates()).toMatchObject([{ id: two.id, connected: true }]);
});

test('of a guest that comes again and again while it is there nobody is told', async () => {
  const { guests, open } = await world();
  const { token } = await guests.pair('win10');
  const local = open('local');
  local.ask('state.subscribe');
  await local.has(1);
  const first = open('network');
  first.ask('session.authenticate', { token });
  await local.has(2);
  for (let each = 0; each < 10; each += 1) {
    const more = open('network');
    more.ask('session.authenticate', { token });
    more.end();
  }
  first.end();
  await local.has(3);
  const told = local.received.slice(1).map(({ params }) => params);
  expect(told).toMatchObject([
    { guests: [{ connected: true }] },
    { guests: [{ connected: false }] },
  ]);
  const [came, left] = told;
  expect(left?.number).toBe((came?.number ?? 0) + 1);
});

test('a guest is connected until its last connection has ended', async () => {
  const { guests, open, hub } = await world();
  const { token } = await guests.pair('win10');
  const [first, second] = [open('network'), open('network')];
  first.ask('session.authenticate', { token });
  second.ask('session.authenticate', { token });
  first.end();
  expect(hub.guestStates()).toMatchObject([{ connected: true }]);
  second.end();
  expect(hub.guestStates()).toMatchObject([{ connected: false }]);
});

test('a session that has ended listens to nothing any more', async () => {
  const { open, control } = await world();
  const local = open('local');
  local.ask('state.subscribe');
  await local.has(1);
  expect(control.listeners.size).toBe(2);
  local.end();
  expect(control.listeners.size).toBe(1);
});
