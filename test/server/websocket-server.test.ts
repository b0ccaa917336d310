import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultLimits } from '../../src/config/server.ts';
import { createAdmission } from '../../src/server/admission.ts';
import type { Door } from '../../src/server/entrance.ts';
import { createWebsocketServer, type ServerContext } from '../../src/server/websocket-server.ts';
import { host, temporaryFolder } from './support.ts';

/** What comes of a plain request of a peer without an address, and what the journal says of it. */
async function asked(door: Door) {
  const journal: string[] = [];
  const context = {
    clock: host,
    journal: (address: string, text: string) => journal.push(`${address}: ${text}`),
    answerPlainRequest: (_request, response) => void response.writeHead(404).end(),
  } as Partial<ServerContext> as ServerContext;
  const limits = { total: 8, perAddress: 8, perGuest: 8, perSecond: 8 };
  const admission = createAdmission(host, limits);
  const options = { door, certificate: null, admission, limits: defaultLimits };
  const stopping = new AbortController();
  const server = createWebsocketServer(context, options, stopping.signal);
  onTestFinished(() => {
    stopping.abort();
    server.close();
  });
  const path = join(await temporaryFolder(), 'socket');
  server.listen(path);
  await once(server, 'listening');
  const socket = connect(path).on('error', () => {});
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  // It may fail to write before.
  await new Promise((resolve) => socket.once('close', resolve));
  return { answer, journal };
}

test('a peer without an address is the local socket at the local door', async () => {
  const { answer, journal } = await asked('local');
  expect(answer).toMatch(/^HTTP/);
  expect(journal).toEqual([expect.stringMatching(/^local socket: /)]);
});

test.each(['network', 'panel'] as const)(
  'at the door of the %s it has gone again, and is dropped without a word',
  async (door) => {
    expect(await asked(door)).toEqual({ answer: '', journal: [] });
  },
);
