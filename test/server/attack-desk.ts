/** A service on an address with TLS, a guest that uses it, and the places from which it is attacked. */
import { once } from 'node:events';
import { connect as connectSecurely, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import {
  everywhere,
  interfacesOf,
  openPeer,
  startService,
  type Peer,
  type TestOptions,
  type TestService,
} from './support.ts';

export interface Desk {
  service: TestService;
  host: string;
  address: string;
  /** The token of the guest that uses the service as it should be used. */
  token: string;
  /** A connection from an address that nobody else has. */
  attacker(address?: string, options?: object): Promise<Peer>;
  /** The same by TLS alone, without a request yet. */
  rawAttacker(): Promise<TLSSocket>;
  /** A code for win10, and the pin that comes with it. */
  invite(): Promise<{ code: string; pin: string }>;
  /** Lets so much time pass at once. */
  skip(ms: number): void;
  /** Moves the seat to the guest and back, by the guest itself. */
  expectHandoff(): Promise<void>;
}

export async function attackedDesk(options: TestOptions = {}): Promise<Desk> {
  let skipped = 0;
  const service = await startService({
    listen: [everywhere],
    interfaces: interfacesOf({ eth0: ['127.0.0.1'] }),
    clock: { ...clock, now: () => clock.now() + skipped },
    ...options,
  });
  const host = `127.0.0.1:${service.port}`;
  const address = `wss://${host}/`;
  const { token } = await service.guests.pair('win10');
  async function rawAttacker(): Promise<TLSSocket> {
    const socket = connectSecurely({ ...from(attackerAddress), port: service.port });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
    return socket;
  }

  return {
    service,
    host,
    address,
    token,
    attacker: (to = address, more = {}) => openPeer(to, from(attackerAddress, more)),
    rawAttacker,

    async invite() {
      const local = await openPeer(service.unixAddress);
      const { result } = (await local.ask('guest.pair', { domain: 'win10' })) as {
        result: { code: string; pairing: string[] };
      };
      local.socket.close();
      const pin = new URL(result.pairing[0] ?? '').searchParams.get('pin') ?? '';
      return { code: result.code, pin };
    },

    skip(ms) {
      skipped += ms;
    },

    async expectHandoff() {
      const guest = await openPeer(address, from('127.0.0.1'));
      expect(await guest.ask('session.authenticate', { token })).toMatchObject({ result: {} });
      for (const to of ['win10', 'host']) {
        expect(await guest.ask('seat.give', { seat: 'desk', to })).toMatchObject({
          result: { name: 'desk', owner: to },
        });
      }
      guest.socket.close();
      await guest.closed;
      expect(service.failures).toEqual([]);
    },
  };
}

const from = (localAddress: string, more: object = {}) => ({
  localAddress,
  rejectUnauthorized: false,
  ...more,
});

export const attackerAddress = '127.0.0.2';

/** Nothing newer. By another minimum or level of security the client itself refuses, and sends nothing. */
export const oldTls: ConnectionOptions = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.1',
  ciphers: 'ALL@SECLEVEL=0',
};
