/**
 * Floods the service as the guest whose pairing is in a file, until its input ends: asks for the state
 * 1,000 times in a second, and waits for no answer. Prints a line when it is let in, and for each line on
 * its input how often it was dropped.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ask, openSocket } from '../bench/attack-guest.ts';

/** As in-guest-network gives it. */
const guestAddress = '192.168.122.10';
const [path = ''] = process.argv.slice(2);
const { address, port, token } = JSON.parse(readFileSync(path, 'utf8')) as {
  address: string;
  port: number;
  token: string;
};
const question = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'state.get', params: {} });
let drops = 0;

createInterface({ input: process.stdin })
  .on('line', () => process.stdout.write(`dropped ${drops} times\n`))
  .on('close', () => process.exit());
for (;;) {
  const socket = await openSocket(`wss://${address}:${port}/`, guestAddress).catch(() => null);
  if (socket !== null) await flood(socket).catch(() => {});
  await setTimeout(100);
}

async function flood(socket: WebSocket): Promise<void> {
  await Promise.race([ask(socket, 'session.authenticate', { token }), once(socket, 'close')]);
  if (socket.readyState !== WebSocket.OPEN) return;
  process.stdout.write('let in\n');
  for (; socket.readyState === WebSocket.OPEN; await setTimeout(10)) {
    for (let each = 0; each < 10; each += 1) socket.send(question);
  }
  drops += 1;
}
