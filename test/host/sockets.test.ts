import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sockets } from '../../src/host/sockets.ts';

const connect = (path: string) => sockets.connect(path, () => {});

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-sockets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A connection, and its other end. */
async function connected() {
  const path = join(await temporary(), 'socket');
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const heard: string[] = [];
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const connection = await sockets.connect(path, (text) => heard.push(text));
  const [other] = await accepted;
  onTestFinished(() => void other.destroy());
  return { connection, other, heard };
}

test('what either end says is heard by the other', async () => {
  const { connection, other, heard } = await connected();
  connection.say('question\n');
  const [question] = (await once(other, 'data')) as [Buffer];
  expect(question.toString()).toBe('question\n');
  other.write('answer\n');
  await vi.waitFor(() => expect(heard.join('')).toBe('answer\n'));
});

test('a character whose bytes come apart is heard whole', async () => {
  const { other, heard } = await connected();
  const [first, ...rest] = Buffer.from('ü');
  other.write(Buffer.from([first ?? 0]));
  other.write(Buffer.from(rest));
  await vi.waitFor(() => expect(heard.join('')).toBe('ü'));
});

test('the end comes after all that was said, and nothing can be said then', async () => {
  const { connection, other, heard } = await connected();
  other.end('last words');
  await connection.ended;
  expect(heard.join('')).toBe('last words');
  connection.say('to nobody');
  connection.end();
});

test('it is ended from here, more than once', async () => {
  const { connection, other } = await connected();
  other.resume();
  connection.end();
  connection.end();
  await Promise.all([connection.ended, once(other, 'close')]);
});

test('a connection that is broken off ends without an error', async () => {
  const { connection, other } = await connected();
  connection.say('never read');
  other.destroy();
  await connection.ended;
});

test('there is nothing to connect to', async () => {
  const folder = await temporary();
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(connect(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(connect(file)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
