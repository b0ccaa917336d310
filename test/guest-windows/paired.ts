/** A service behind TLS, and a guest that is paired with it. */
import { expect } from 'vitest';
import { connect } from '../../src/server/client.ts';
import type { State } from '../../src/server/protocol.ts';
import { startService, type TestOptions, type TestService } from '../server/support.ts';
import { makeIdentity, relay, type Identity, type Relay } from './relay.ts';
import { program, type Prefix } from './wine.ts';

export interface Host {
  service: TestService;
  identity: Identity;
  relay: Relay;
  /** A pairing string for a guest of win10, as the host's command prints it. */
  pairing: () => Promise<string>;
  /** Of the only guest. */
  guestId: () => string;
  /** What the service's own command line is told. */
  revoke: () => Promise<void>;
}

export async function startHost(state?: State, options: TestOptions = {}): Promise<Host> {
  const service = await startService({ ...options, ...(state === undefined ? {} : { state }) });
  const identity = makeIdentity(service.folder);
  const front = await relay(identity, service.port);
  const guestId = () => service.guests.list().at(-1)?.id ?? '';
  return {
    service,
    identity,
    relay: front,
    async pairing() {
      const client = await connect(service.unixAddress);
      const { code } = await client.call('guest.pair', { domain: 'win10' });
      await client.close();
      return pairingString(front.port, identity.pin, code);
    },
    guestId,
    async revoke() {
      const client = await connect(service.unixAddress);
      await client.call('guest.revoke', { id: guestId() });
      await client.close();
    },
  };
}

export function pairingString(port: number, pin: string, code: string): string {
  return `handglass://127.0.0.1:${port}/?pin=${pin}&code=${code}`;
}

/** Pairs the program in this prefix with a new host. */
export async function pairedHost(
  prefix: Prefix,
  ...options: Parameters<typeof startHost>
): Promise<Host> {
  const host = await startHost(...options);
  const { exitCode, stderr } = await prefix.run(program, 'pair', await host.pairing());
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return host;
}
