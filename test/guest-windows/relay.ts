/** TLS in front of a plain service, as an honest host speaks it and as a relay in between would. */
import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface Identity {
  key: string;
  cert: string;
  pin: string;
}

/** A self-signed certificate, of a new key or the one given: a renewed one then. */
export function makeIdentity(folder: string, key?: string): Identity {
  const file = join(folder, 'key.pem');
  if (key === undefined)
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file);
  else writeFileSync(file, key);
  const cert = openssl('req', '-x509', '-key', file, '-subj', '/CN=handglass', '-days', '2');
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(spki).digest('base64url');
  return { key: readFileSync(file, 'utf8'), cert, pin };
}

export interface Relay {
  port: number;
  /** All that clients have sent. */
  heard: () => string;
  /** Drops every connection and takes none, as a host that has crashed. */
  down: () => Promise<void>;
  up: () => Promise<void>;
  /** Lets connections stand and takes more, but passes nothing on, as a host that hangs. */
  hang: () => void;
  /** Passes on again, what comes on new connections. */
  recover: () => void;
  /** Takes no more connections, and waits until those that came have been heard to their end. */
  ended: () => Promise<void>;
}

/** Passes on to a port of 127.0.0.1, from any free one or the one given. */
export async function relay(identity: Identity, port: number, at = 0): Promise<Relay> {
  const sockets = new Set<TLSSocket>();
  const ways: Readable[] = [];
  let heard = '';
  let own = 0;
  let hanging = false;
  const server = createServer({ ...identity, minVersion: 'TLSv1.2' }, (outside) => {
    const inside = connect(port, '127.0.0.1');
    sockets.add(outside);
    outside.once('data', (request) => {
      if (hanging) return;
      // The service takes no request for another's port.
      inside.write(request.toString('latin1').replace(`:${own}\r\n`, `:${port}\r\n`), 'latin1');
      outside.pipe(inside);
      ways.push(outside, inside);
    });
    outside.on('data', (data) => (heard += data.toString('latin1')));
    outside.on('close', () => inside.destroy() && sockets.delete(outside));
    outside.on('error', () => inside.destroy());
    inside.on('error', () => outside.destroy()).pipe(outside);
    inside.on('close', () => outside.destroy());
  });
  const listen = async (on: number) => {
    server.listen(on, '127.0.0.1');
    await once(server, 'listening');
  };
  const ended = async () => {
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  const down = async () => {
    if (!server.listening) return;
    const closed = ended();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const hang = () => {
    hanging = true;
    for (const way of ways) way.unpipe();
  };
  await listen(at);
  own = (server.address() as AddressInfo).port;
  onTestFinished(down);
  return {
    port: own,
    heard: () => heard,
    down,
    up: () => listen(own),
    hang,
    recover: () => (hanging = false),
    ended,
  };
}

function openssl(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
