import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { connect as connectSecurely, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { spkiPin } from '../../src/server/pin.ts';
import {
  everywhere,
  eventually,
  interfacesOf,
  manualClock,
  openPeer,
  freePort,
  startService,
  temporaryFolder,
  until,
  type TestOptions,
  type TestService,
} from './support.ts';

const trusting = { rejectUnauthorized: false };
const interfaces = interfacesOf({ eth0: ['127.0.0.1'] });

async function pairingFor(service: TestService): Promise<URL> {
  const local = await openPeer(service.unixAddress);
  const { result } = (await local.ask('guest.pair', { domain: 'win10' })) as {
    result: { pairing: string[] };
  };
  return new URL(result.pairing[0] ?? '');
}

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectSecurely({ port, host: '127.0.0.1', ...trusting, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

const pinOf = (socket: TLSSocket) =>
  spkiPin(new X509Certificate(socket.getPeerCertificate().raw).publicKey);

test('an address that others reach speaks TLS, with the key that the pairing string names', async () => {
  const service = await startService({ listen: [everywhere], interfaces });
  const pairing = await pairingFor(service);
  expect(pairing.host).toBe(`127.0.0.1:${service.port}`);
  const socket = await handshake(service.port);
  expect(socket.getProtocol()).toBe('TLSv1.3');
  expect(pinOf(socket)).toBe(pairing.searchParams.get('pin'));
  const peer = await openPeer(`wss://${pairing.host}/`, trusting);
  expect(
    await peer.ask('session.authenticate', { code: pairing.searchParams.get('code') }),
  ).toMatchObject({ result: { domain: 'win10' } });
});

test('TLS 1.2 is spoken too, and nothing older', async () => {
  const { port } = await startService({ listen: [everywhere] });
  await expectModernTls(port);
});

async function expectModernTls(port: number): Promise<void> {
  const socket = await handshake(port, { maxVersion: 'TLSv1.2' });
  expect(socket.getProtocol()).toBe('TLSv1.2');
  await expect(
    handshake(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/PROTOCOL_VERSION|ECONNRESET/) as string });
}

test('a plain request to an address with TLS is closed without an answer', async () => {
  const { port } = await startService({ listen: [everywhere] });
  const socket = connectSocket(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await once(socket, 'close');
  expect(answer).not.toContain('HTTP');
  await expect(openPeer(`ws://127.0.0.1:${port}/`)).rejects.toThrow(/socket hang up|ECONNRESET/);
});

test('a renewal breaks no connection, and who comes next sees the new certificate', async () => {
  const clock = manualClock();
  const service = await startService({ clock, listen: [everywhere], limits: { pingMs: 1e12 } });
  const { token } = await service.guests.pair('win10');
  const peer = await openPeer(`wss://127.0.0.1:${service.port}/`, trusting);
  await peer.ask('session.authenticate', { token });
  const before = await handshake(service.port);
  clock.advance(340 * 24 * 3_600_000);
  const after = await eventually(async () => {
    const socket = await handshake(service.port);
    expect(socket.getPeerCertificate().raw).not.toEqual(before.getPeerCertificate().raw);
    return socket;
  });
  expect(pinOf(after)).toBe(pinOf(before));
  await expectModernTls(service.port);
  expect(await peer.ask('seat.give', { seat: 'desk', to: 'win10' })).toMatchObject({
    result: { owner: 'win10' },
  });
});

test.each<{
  name: string;
  prepare: (path: string) => Promise<void>;
  options?: TestOptions;
  what: string;
}>([
  {
    name: 'is open to others',
    prepare: (path) => writeFile(path, 'a key', { mode: 0o644 }),
    what: 'is open to others than its owner (mode 0644).',
  },
  {
    name: 'is damaged',
    prepare: (path) => writeFile(path, 'half a k', { mode: 0o600 }),
    what: 'cannot be read: its content is not ours.',
  },
  {
    name: 'cannot be written',
    prepare: async () => {},
    options: {
      files: {
        replaceFile: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
      },
    },
    what: 'no space left on device.',
  },
])(
  'with a key that $name all is served but what others reach',
  async ({ prepare, options, what }) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'tls.pem');
    await prepare(path);
    const before = await readFile(path, 'utf8').catch(() => null);
    const [panelPort, ownPort, port] = [await freePort(), await freePort(), await freePort()];
    const service = await startService({
      ...options,
      folder,
      panel: [{ address: '127.0.0.1', port: panelPort }],
      listen: [
        { address: '127.0.0.1', port: ownPort },
        { address: '0.0.0.0', port },
        { interface: 'eth0', port },
      ],
      interfaces,
    });
    await until(() => service.problems.length > 0);
    const [problem, ...others] = service.problems;
    expect(problem?.what).toContain('Guests cannot connect over the network.');
    expect(problem?.what).toContain(what);
    expect(problem?.remedy).toMatch(/Then restart the service\.$/);
    expect(others).toEqual([]);
    await openPeer(service.unixAddress);
    await eventually(() => openPeer(`ws://127.0.0.1:${panelPort}/`));
    await eventually(() => openPeer(`ws://127.0.0.1:${ownPort}/`));
    await expect(handshake(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await readFile(path, 'utf8').catch(() => null)).toBe(before);
  },
);

test('a loopback address speaks no TLS, and no certificate is made for it', async () => {
  const service = await startService();
  expect((await pairingFor(service)).searchParams.get('pin')).toBeNull();
  const socket = connectSecurely({ port: service.port, host: '127.0.0.1', ...trusting });
  await expect(once(socket, 'secureConnect')).rejects.toThrow(
    /wrong version number|packet length|ECONNRESET/i,
  );
});

test('who is in the middle of a handshake does not hold up the end', async () => {
  const service = await startService({
    listen: [everywhere],
    limits: { authenticateMs: 3_600_000 },
  });
  const socket = connectSocket(service.port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  await service.stop();
});

test('who begins TLS and does not go on is dropped', async () => {
  const { port } = await startService({ listen: [everywhere], limits: { authenticateMs: 100 } });
  const socket = connectSocket(port, '127.0.0.1').on('error', () => {});
  socket.resume();
  await until(() => socket.closed);
});
