import { expect, onTestFinished, test } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import type { Clock } from '../../src/host/ports.ts';
import { sockets } from '../../src/host/sockets.ts';
import { connectQmp } from '../../src/qemu/qmp-connection.ts';
import { manualClock } from '../host/clocks.ts';
import { type FakeSide, fakeQemu, greeting, ready } from './fake-qemu.ts';

/** A connection that is being made; `side` is who is in QEMU's place. */
async function connecting(time: Clock = clock) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const heard: string[] = [];
  const qemu = await fakeQemu();
  const connection = connectQmp(
    { ...sockets, ...time },
    qemu.socket,
    (event) => heard.push(event),
    ending.signal,
  );
  // Whoever waits for it is told, if anybody does.
  connection.catch(() => {});
  return { connection, side: await qemu.accept(), heard, ending };
}

async function connected(time: Clock = clock) {
  const { connection, side, ...rest } = await connecting(time);
  await ready(side);
  return { qmp: await connection, side, ...rest };
}

test('commands are answered by their ids, in any order', async () => {
  const { qmp, side } = await connected();
  const answers = [qmp.execute('query-status'), qmp.execute('query-name')];
  const [first, second] = [await side.next(), await side.next()];
  side.say(`{"return": "name", "id": ${second.id}}\n{"return": "status", "id": ${first.id}}\n`);
  expect(await Promise.all(answers)).toEqual(['status', 'name']);
});

test('messages come whole, however they are cut, and with characters of several bytes', async () => {
  const { qmp, side } = await connected();
  const answer = qmp.execute('query-name');
  const { id } = await side.next();
  for (const part of ['{"return": {"name": "B', 'ü', `ro"},`, ` "id": ${id}}\r`, '\n']) {
    side.say(part);
  }
  expect(await answer).toEqual({ name: 'Büro' });
});

test('events are told by their names, between answers too', async () => {
  const { qmp, side, heard } = await connected();
  const answer = qmp.execute('stop');
  const { id } = await side.next();
  side.say(`{"event": "STOP", "timestamp": {}}\n{"return": {}, "id": ${id}}\n`);
  await answer;
  expect(heard).toEqual(['STOP']);
});

test('a refusal is in the words of QEMU, and the next command is answered', async () => {
  const { qmp, side } = await connected();
  const refused = qmp.execute('device_del', { id: 'mouse' });
  const { id } = await side.next();
  side.say(
    `{"error": {"class": "DeviceNotFound", "desc": "Device 'mouse' not found"}, "id": ${id}}\n`,
  );
  await expect(refused).rejects.toMatchObject({
    name: 'DomainRefusal',
    message: "Device 'mouse' not found",
  });
  const answer = qmp.execute('query-status');
  side.say(`{"return": {}, "id": ${(await side.next()).id}}\n`);
  expect(await answer).toEqual({});
});

const notQmp = 'what it says is not QMP';

test.each([
  { name: 'a banner', said: 'SSH-2.0-OpenSSH_9.2\r\n', reason: notQmp },
  { name: 'an empty line', said: '\n', reason: notQmp },
  { name: 'half an object', said: '{"QMP"\n', reason: notQmp },
  { name: 'another greeting', said: '{"QMP": 1}\n', reason: notQmp },
  { name: 'a list', said: '[]\n', reason: notQmp },
  { name: 'nothing', said: 'null\n', reason: notQmp },
  { name: 'an answer to nobody', said: `${greeting}{"return": {}}\n`, reason: notQmp },
  { name: 'an id of another kind', said: `${greeting}{"return": {}, "id": "1"}\n`, reason: notQmp },
  { name: 'an error without words', said: `${greeting}{"error": {}, "id": 1}\n`, reason: notQmp },
  {
    name: 'a line without an end',
    said: `{"QMP": "${'x'.repeat(2 ** 20)}`,
    reason: 'a line of it has no end',
  },
])('what is no QEMU is given up, and the connection closed: $name', async ({ said, reason }) => {
  const { connection, side } = await connecting();
  side.say(said);
  await expect(connection).rejects.toThrow(reason);
  await side.closed;
});

test('garbage after a command was asked fails that command, and every later one', async () => {
  const { qmp, side } = await connected();
  const asked = qmp.execute('query-status');
  await side.next();
  side.say('qemu-system-x86_64: warning\n');
  await expect(asked).rejects.toThrow(notQmp);
  await expect(qmp.execute('query-status')).rejects.toThrow(notQmp);
  expect(await qmp.ended).toMatchObject({ message: notQmp });
});

const late = 'it did not answer within 10 s';

test('one that does not greet within 10 s is given up, as when another program has it', async () => {
  const time = manualClock();
  const { connection, side } = await connecting(time);
  await time.awaited(1);
  time.advance(10_000);
  await expect(connection).rejects.toThrow(late);
  await side.closed;
});

test('a command that is not answered within 10 s ends the connection', async () => {
  const time = manualClock();
  const { qmp, side } = await connected(time);
  const asked = qmp.execute('query-status');
  const { id } = await side.next();
  side.say('{"return": {}, ');
  time.advance(10_000);
  await expect(asked).rejects.toThrow(late);
  await side.closed;
  side.say(`"id": ${id}}\n`);
  expect(await qmp.ended).toMatchObject({ message: late });
});

test.each([
  { name: 'before the greeting', act: async (side: FakeSide) => side.end() },
  {
    name: 'after the greeting',
    act: async (side: FakeSide) => {
      side.say(greeting);
      await side.next();
      side.end();
    },
  },
])('a connection that is closed $name is told of', async ({ act }) => {
  const { connection, side } = await connecting();
  await act(side);
  await expect(connection).rejects.toThrow('the connection has ended');
});

test('a command in the middle of which the other end goes fails with ECONNRESET', async () => {
  const { qmp, side } = await connected();
  const asked = qmp.execute('quit');
  await side.next();
  side.end();
  await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await qmp.ended).toMatchObject({ code: 'ECONNRESET' });
});

test('the signal closes the connection, and one that is being made', async () => {
  const made = await connected();
  made.ending.abort();
  await made.side.closed;
  const being = await connecting();
  being.ending.abort();
  await expect(being.connection).rejects.toThrow('the connection has ended');
  await being.side.closed;
});
