import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectToHost, pairWithHost } from '../../src/guest/connection.ts';
import { parsePairingString, type Pairing } from '../../src/guest/pairing-string.ts';
import { pinnedSocket } from '../../src/guest/pinned-socket.ts';
import { clock } from '../../src/host/clock.ts';
import { connect } from '../../src/server/client.ts';
import {
  everywhere,
  interfacesOf,
  manualClock,
  startService,
  type TestOptions,
  type TestService,
} from '../server/support.ts';
import { newIdentity } from './identity.ts';
import { startDeaf, startRelay, startSilent } from './relay.ts';

const startHost = (options: TestOptions = {}) =>
  startService({
    listen: [everywhere],
    interfaces: interfacesOf({ lo: ['127.0.0.1'] }),
    ...options,
  });

async function invite(service: TestService, domain = 'win10'): Promise<Pairing> {
  const local = await connect(service.unixAddress);
  const { pairing } = await local.call('guest.pair', { domain });
  await local.close();
  return parsePairingString(pairing[0] ?? '');
}

test('a code is changed for a token, which lets the guest in from then on', async () => {
  const service = await startHost();
  const { code, ...place } = await invite(service, 'linux');
  const { id, paired } = await pairWithHost(clock, { ...place, code });
  expect(paired).toEqual({ ...place, token: paired.token, domain: 'linux' });
  expect(service.guests.list()).toMatchObject([{ id, domain: 'linux' }]);
  const client = await connectToHost(clock, paired);
  expect((await client.call('state.get', {})).domains).toEqual([
    { name: 'linux', state: 'shut off' },
  ]);
  await client.close();
});

test('on this machine itself it goes without TLS', async () => {
  const service = await startService();
  const pairing = await invite(service);
  expect(pairing).toMatchObject({ address: '127.0.0.1', port: service.port, pin: null });
  const client = await connectToHost(clock, (await pairWithHost(clock, pairing)).paired);
  expect(await client.call('seat.toggle', { seat: 'desk' })).toMatchObject({ owner: 'win10' });
  await client.close();
});

test('a certificate that is renewed with the same key is the same host', async () => {
  const service = await startHost();
  const { pin } = await invite(service);
  const kept = await readFile(join(service.folder, 'tls.pem'), 'utf8');
  const [key = '', cert = ''] = kept.split(/(?<=\n)(?=-----BEGIN)/);
  const renewed = await newIdentity(key);
  expect(renewed.cert).not.toBe(cert);
  const { port } = await startRelay(renewed, service.port);
  const socket = await pinnedSocket({ address: '127.0.0.1', port, pin }, 5_000);
  socket.destroy();
});

test.each([
  ['TLS 1.2', { maxVersion: 'TLSv1.2' as const }],
  ['TLS 1.3', { minVersion: 'TLSv1.3' as const }],
])('with %s, somebody in between who has another key is told nothing', async (_name, versions) => {
  const service = await startHost();
  const relay = await startRelay(await newIdentity(), service.port, versions);
  const pairing = await invite(service);
  const { token } = await service.guests.pair('win10');
  const paired = { ...pairing, token, domain: 'win10' };
  const anotherKey = {
    code: 'not-permitted',
    what: expect.stringContaining("another machine answers in the host's place") as string,
  };
  const { port } = relay;
  await expect(pairWithHost(clock, { ...pairing, port })).rejects.toMatchObject(anotherKey);
  await expect(connectToHost(clock, { ...paired, port })).rejects.toMatchObject(anotherKey);
  expect(relay.heard()).toBe('');
  await (await connectToHost(clock, paired)).close();
  await pairWithHost(clock, pairing);
});

test('somebody in between who has the key does hear, so that the test above proves something', async () => {
  const service = await startHost();
  const other = await newIdentity();
  const relay = await startRelay(other, service.port);
  const pairing = { ...(await invite(service)), port: relay.port, pin: other.pin };
  await expect(pairWithHost(clock, pairing)).rejects.toThrow();
  expect(relay.heard()).toContain('Upgrade: websocket');
});

test('a host that speaks no TLS where it should is not spoken to', async () => {
  const service = await startService();
  const place = { address: '127.0.0.1', port: service.port, pin: 'P'.repeat(43) };
  await expect(
    connectToHost(clock, { ...place, token: 'a.b', domain: 'win10' }),
  ).rejects.toMatchObject({
    code: 'service-down',
    what:
      `The host does not answer at 127.0.0.1:${service.port}: ` +
      'it does not speak TLS as it should (wrong version number).',
  });
});

test('a host that offers nothing newer than TLS 1.1 is not spoken to', async () => {
  const service = await startHost();
  const other = await newIdentity();
  const relay = await startRelay(other, service.port, {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  const place = { address: '127.0.0.1', port: relay.port, pin: other.pin };
  await expect(pinnedSocket(place, 5_000)).rejects.toThrow(/does not speak TLS as it should/);
  expect(relay.heard()).toBe('');
});

test('whoever accepts a connection and says nothing is not waited for', async () => {
  const place = { address: '127.0.0.1', port: await startSilent(), pin: 'P'.repeat(43) };
  await expect(pinnedSocket(place, 50)).rejects.toThrow('nothing came in time');
});

test('a host that asks for no sign of life gets some, and is held on to while it answers', async () => {
  const service = await startHost({ limits: { pingMs: 3_600_000 } });
  const time = manualClock();
  const { paired } = await pairWithHost(clock, await invite(service));
  const client = await connectToHost(time, paired);
  for (let passedMs = 0; passedMs < 600_000; passedMs += 20_000) {
    time.advance(15_000);
    // The first may overtake the ping; the second comes after the answer to it.
    await client.call('state.get', {});
    await client.call('state.get', {});
  }
  await client.close();
});

test('a host that gives no sign of life any more is lost', async () => {
  const time = manualClock();
  const place = { address: '127.0.0.1', port: await startDeaf(), pin: null };
  const client = await connectToHost(time, { ...place, token: 'a.b', domain: 'win10' });
  const answer = client.call('state.get', {});
  time.advance(15_000);
  await expect(answer).rejects.toMatchObject({
    code: 'service-down',
    what: 'The service does not answer any more: it hangs, was killed, or cannot be reached.',
  });
});

test('a token or a code that is no good is refused as unauthenticated', async () => {
  const { code, ...place } = await invite(await startHost());
  const wrong = code.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  await expect(pairWithHost(clock, { ...place, code: wrong })).rejects.toMatchObject({
    code: 'unauthenticated',
    what: 'The code is not known here: it is good once, and for 10 minutes.',
  });
  await expect(
    connectToHost(clock, { ...place, token: 'a.b', domain: 'win10' }),
  ).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('a host that is away is named, with where to look', async () => {
  const service = await startHost();
  const { pin } = await invite(service);
  await service.stop();
  for (const each of [pin, null]) {
    const place = { address: '127.0.0.1', port: service.port, pin: each };
    await expect(
      connectToHost(clock, { ...place, token: 'a.b', domain: 'win10' }),
    ).rejects.toMatchObject({
      code: 'service-down',
      what: `The host does not answer at 127.0.0.1:${service.port}: nobody listens there.`,
    });
  }
});
