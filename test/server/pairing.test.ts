import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bestFirst, pairingString } from '../../src/server/pairing.ts';
import { manualClock, openPeer, startService, type TestService } from './support.ts';

interface Welcome {
  result: { id: string; domain: string; token: string };
}

async function codeFor(service: TestService, domain: string): Promise<string> {
  const local = await openPeer(service.unixAddress);
  const { result } = (await local.ask('guest.pair', { domain })) as { result: { code: string } };
  return result.code;
}

async function authenticate(service: TestService, credentials: unknown) {
  const peer = await openPeer(service.address);
  return { peer, answer: await peer.ask('session.authenticate', credentials) };
}

const refused = {
  error: {
    message: 'The code is not known here: it is good once, and for 10 minutes.',
    data: { code: 'unauthenticated' },
  },
};

test('a code makes a guest, lets it in at once, and gives it a token for later', async () => {
  const service = await startService();
  const { peer, answer } = await authenticate(service, { code: await codeFor(service, 'win10') });
  const [guest] = service.guests.list();
  const { token, ...who } = (answer as Welcome).result;
  expect(who).toEqual({ id: guest?.id, domain: 'win10' });
  expect(await peer.ask('seat.give', { seat: 'desk', to: 'win10' })).toMatchObject({
    result: { owner: 'win10' },
  });
  expect((await authenticate(service, { token })).answer).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: who,
  });
});

test('what is sent right behind a code is answered after it', async () => {
  const service = await startService();
  const peer = await openPeer(service.address);
  const code = await codeFor(service, 'win10');
  peer.send({ jsonrpc: '2.0', id: 1, method: 'session.authenticate', params: { code } });
  peer.send({ jsonrpc: '2.0', id: 2, method: 'state.get' });
  expect([await peer.next(), await peer.next()]).toMatchObject([
    { id: 1, result: { domain: 'win10' } },
    { id: 2, result: { seats: [{ name: 'desk' }, { name: 'couch' }] } },
  ]);
});

test('a code is good once', async () => {
  const service = await startService();
  const code = await codeFor(service, 'win10');
  await authenticate(service, { code });
  const again = await authenticate(service, { code });
  expect(again.answer).toMatchObject(refused);
  expect(await again.peer.closed).toEqual({ code: 4401, reason: 'Authentication failed' });
  expect(service.guests.list()).toHaveLength(1);
});

test('a code is good for less than 10 minutes', async () => {
  const clock = manualClock();
  const service = await startService({ clock });
  const [early, late] = [await codeFor(service, 'win10'), await codeFor(service, 'win10')];
  clock.advance(599_999);
  expect((await authenticate(service, { code: early })).answer).toMatchObject({ result: {} });
  clock.advance(1);
  expect((await authenticate(service, { code: late })).answer).toMatchObject(refused);
});

test('neither a code nor its token is in the list of guests', async () => {
  const service = await startService();
  const code = await codeFor(service, 'win10');
  const { answer } = await authenticate(service, { code });
  const text = await readFile(join(service.folder, 'guests.json'), 'utf8');
  expect(text).not.toContain(code);
  expect(text).not.toContain((answer as Welcome).result.token.split('.')[1]);
});

test.each([
  ['a wrong code', { code: 'A'.repeat(22) }, 'unauthenticated'],
  ['a code as a token', { token: 'A'.repeat(22) }, 'unauthenticated'],
  ['both', { code: 'A'.repeat(22), token: 'a.b' }, 'unauthenticated'],
])('%s lets nobody in', async (_name, credentials, code) => {
  const { peer, answer } = await authenticate(await startService(), credentials);
  expect(answer).toMatchObject({ error: { data: { code } } });
  expect(await peer.closed).toMatchObject({ code: 4401 });
});

test('a guest that cannot be written is not let in, and the reason is in the journal', async () => {
  const service = await startService();
  const code = await codeFor(service, 'win10');
  await mkdir(join(service.folder, 'guests.json'));
  const { peer, answer } = await authenticate(service, { code });
  expect(answer).toMatchObject({ error: { data: { code: 'internal' } } });
  expect(await peer.closed).toMatchObject({ code: 1013 });
  expect(service.failures).toMatchObject([{ code: 'EISDIR' }]);
  expect(service.guests.list()).toEqual([]);
});

test('a pairing string names the address, the pin and the code', () => {
  expect(pairingString('192.168.122.1', 18_503, 'PIN', 'CODE')).toBe(
    'handglass://192.168.122.1:18503/?pin=PIN&code=CODE',
  );
  expect(pairingString('fd00::1', 18_503, 'PIN', 'CODE')).toBe(
    'handglass://[fd00::1]:18503/?pin=PIN&code=CODE',
  );
  expect(pairingString('127.0.0.1', 18_503, null, 'CODE')).toBe(
    'handglass://127.0.0.1:18503/?code=CODE',
  );
});

test('addresses that more guests can reach come first', () => {
  const places = ['127.0.0.1', 'fe80::1', 'fd00::1', '192.168.122.1', '::1', '10.0.0.1'];
  expect(bestFirst(places.map((address) => ({ address }))).map(({ address }) => address)).toEqual([
    '192.168.122.1',
    '10.0.0.1',
    'fd00::1',
    'fe80::1',
    '127.0.0.1',
    '::1',
  ]);
});
