/** The attempts to come in by what is no good, each made again and again for a while. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import { upgradeRequest } from '../server/attack-request.ts';
import { ask, newCode, openSocket, paired } from './attack-guest.ts';
import type { Attack } from './attack-kinds.ts';
import type { BenchService } from './service.ts';

const attemptsMs = 2_000;
const attackerAddress = '127.0.0.5';

/** @param prepared what is no good */
type Attempt = (address: string, prepared: string) => Promise<void>;

interface Kind {
  name: string;
  prepare?: (service: BenchService) => Promise<string>;
  attempt: Attempt;
}

const kinds: readonly Kind[] = [
  {
    name: 'no token',
    attempt: asked('seat.give', () => ({ seat: 'desk', to: 'win10' })),
  },
  {
    name: 'a token that was revoked',
    async prepare({ local, address }) {
      const { id, token } = await paired(address, await newCode(local));
      await local.call('guest.revoke', { id });
      return token;
    },
    attempt: asked('session.authenticate', (token) => ({ token })),
  },
  {
    name: 'a code that was used',
    async prepare({ local, address }) {
      const code = await newCode(local);
      await paired(address, code);
      return code;
    },
    attempt: asked('session.authenticate', (code) => ({ code })),
  },
  {
    name: 'a code that is too old',
    async prepare({ local, skip }) {
      const code = await newCode(local);
      skip(600_000);
      return code;
    },
    attempt: asked('session.authenticate', (code) => ({ code })),
  },
  { name: 'what was recorded of a guest', prepare: recorded, attempt: replayed },
  {
    name: "another domain's seat",
    prepare: async ({ local, address }) => (await paired(address, await newCode(local))).token,
    async attempt(address, token) {
      const socket = await openSocket(address, attackerAddress);
      await answered(socket, 'session.authenticate', { token });
      await answered(socket, 'seat.give', { seat: 'lab', to: 'win10' });
      socket.terminate();
    },
  },
  { name: 'broken frames', attempt: broken },
  {
    name: 'a page of another site',
    attempt: refused(() => ({ origin: 'https://evil.example' })),
  },
  {
    name: 'a page under a name that was rebound',
    attempt: refused((port) => ({
      origin: `https://evil.example:${port}`,
      headers: { Host: `evil.example:${port}` },
    })),
  },
  {
    name: 'no TLS',
    attempt: (address) => ended(`ws://${new URL(address).host}/`, {}),
  },
];

export const attempts: readonly Attack[] = kinds.map(({ name, attempt, ...kind }) => ({
  ...kind,
  name: `${name}, for 2 s`,
  attack: again(attempt),
}));

function again(attempt: Attempt): Attack['attack'] {
  return async (address, prepared) => {
    const end = performance.now() + attemptsMs;
    while (performance.now() < end) await attempt(address, prepared).catch(() => {});
  };
}

/** As the first message of a connection. */
function asked(method: string, paramsOf: (prepared: string) => object): Attempt {
  return async (address, prepared) => {
    const socket = await openSocket(address, attackerAddress);
    await answered(socket, method, paramsOf(prepared));
    socket.terminate();
  };
}

/** Or ended. */
async function answered(socket: WebSocket, method: string, params: object): Promise<void> {
  await Promise.race([ask(socket, method, params).catch(() => {}), once(socket, 'close')]);
}

function refused(optionsFor: (port: string) => ClientOptions): Attempt {
  return (address) => ended(address, optionsFor(new URL(address).port));
}

async function ended(address: string, options: ClientOptions): Promise<void> {
  const from = { localAddress: attackerAddress, rejectUnauthorized: false };
  const socket = new WebSocket(address, { ...from, ...options }).on('error', () => {});
  await once(socket, 'close');
}

async function broken(address: string): Promise<void> {
  const { host, port } = new URL(address);
  // The type of its options leaves out that those of `net.connect` go too.
  const from = { localAddress: attackerAddress };
  const socket = connectSecurely({ ...from, port: Number(port), rejectUnauthorized: false });
  socket.on('error', () => {}).resume();
  await once(socket, 'secureConnect');
  socket.write(upgradeRequest(host));
  await once(socket, 'data');
  // Reserved bits, and no mask.
  socket.write(Buffer.from([0xff, 0x7f, 0xff]));
  await once(socket, 'close');
}

/** All bytes of a connection in which a guest came in and moved its seat, in base64. */
async function recorded({ address, token }: BenchService): Promise<string> {
  const { host, port } = new URL(address);
  const bytes: Buffer[] = [];
  const relay = createServer((socket) => {
    const onwards = connect(Number(port), '127.0.0.1');
    socket.on('data', (chunk: Buffer) => bytes.push(chunk));
    socket.pipe(onwards).pipe(socket);
    for (const end of [socket, onwards]) end.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const bound = relay.address() as { port: number };
  const guest = await openSocket(`wss://127.0.0.1:${bound.port}/`, '127.0.0.1', {
    headers: { Host: host },
  });
  await ask(guest, 'session.authenticate', { token });
  await ask(guest, 'seat.toggle', { seat: 'desk' });
  guest.terminate();
  relay.close();
  return Buffer.concat(bytes).toString('base64');
}

async function replayed(address: string, prepared: string): Promise<void> {
  const { port } = new URL(address);
  const socket = connect({ port: Number(port), localAddress: attackerAddress });
  socket.on('error', () => {}).resume();
  socket.end(Buffer.from(prepared, 'base64'));
  await once(socket, 'close');
}
