import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { WebSocket } from 'ws';
import { randomFrom } from '../random.ts';
import { fuzzedMessage } from '../server/fuzz.ts';
import { ask, newCode, openSocket, paired } from './attack-guest.ts';
import type { BenchService } from './service.ts';

export interface Attack {
  name: string;
  /** What the attack needs of the service before it begins. */
  prepare?: (service: BenchService) => Promise<string>;
  /** Resolves when it has done what it can; what it leaves open ends with its thread. */
  attack: (address: string, prepared: string) => Promise<void>;
}

const floodMs = 2_000;

export const floods: readonly Attack[] = [
  {
    name: '500 connections',
    async attack(address) {
      const port = Number(new URL(address).port);
      for (let each = 0; each < 500; each += 1) {
        quiet(connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' }));
      }
      await setTimeout(1000);
    },
  },
  {
    name: 'requests without an end',
    async attack(address) {
      const port = Number(new URL(address).port);
      const options = {
        host: '127.0.0.1',
        port,
        localAddress: '127.0.0.3',
        rejectUnauthorized: false,
      };
      const sockets = Array.from({ length: 8 }, () => quiet(connectSecurely(options)));
      await Promise.all(sockets.map((socket) => once(socket, 'secureConnect')));
      for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: ');
      setInterval(() => sockets.forEach((socket) => socket.write('X')), 50);
    },
  },
  {
    name: 'messages of every kind, for 2 s',
    attack: flood(() => fuzzedMessage(random)),
  },
  {
    name: 'messages of 1 MiB, for 2 s',
    attack: flood(() => large),
  },
  {
    name: 'wrong tokens, for 2 s',
    attack: flood(() => authentication),
  },
  {
    name: "another guest's messages of every kind, for 2 s",
    prepare: anotherGuest,
    attack: flood(() => fuzzedMessage(random), openAsGuest),
  },
  {
    name: "another guest's `state.recent`, for 2 s",
    prepare: anotherGuest,
    attack: flood(() => recent, openAsGuest),
  },
  {
    name: "another guest's moves, for 2 s",
    prepare: anotherGuest,
    attack: flood(() => toggle, openAsGuest),
  },
];

const random = randomFrom(1);
const large = 'x'.repeat(2 ** 20);
const authentication = request('session.authenticate', { token: 'A'.repeat(43) });
const recent = request('state.recent', {});
const toggle = request('seat.toggle', { seat: 'couch' });

function request(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

/** Its token. */
async function anotherGuest({ local, address }: BenchService): Promise<string> {
  return (await paired(address, await newCode(local))).token;
}

/** From the address of the guest that is measured. */
async function openAsGuest(address: string, token: string): Promise<WebSocket> {
  const socket = await openSocket(address);
  await Promise.race([ask(socket, 'session.authenticate', { token }), once(socket, 'close')]);
  return socket;
}

/** Says it again and again, on a new connection as soon as the service has closed the one before. */
function flood(
  message: () => string,
  open = (address: string, _prepared: string) => openSocket(address, '127.0.0.4'),
): Attack['attack'] {
  return async (address, prepared) => {
    const end = performance.now() + floodMs;
    while (performance.now() < end) {
      const socket = await open(address, prepared).catch(() => null);
      if (socket === null) continue;
      for (; socket.readyState === WebSocket.OPEN && performance.now() < end; await setTimeout(1)) {
        for (let each = 0; each < 100; each += 1) socket.send(message());
      }
      socket.terminate();
    }
  };
}

function quiet<S extends Socket>(socket: S): S {
  return socket.on('error', () => {}).resume();
}
