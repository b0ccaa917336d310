/** Pairs as a guest by the string that it is given, floods the service, and says how that ended. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';

const invitation = new URL(process.argv[2] ?? '');
const code = invitation.searchParams.get('code');
const socket = new WebSocket(`wss://${invitation.host}/`, { rejectUnauthorized: false });
await once(socket, 'open');
const closed = once(socket, 'close');
say('session.authenticate', { code });
await once(socket, 'message');
while (socket.readyState === WebSocket.OPEN) {
  for (let each = 0; each < 100; each += 1) say('state.get', {});
  await setTimeout(10);
}
console.log(JSON.stringify({ code: (await closed)[0] as number }));

function say(method: string, params: object): void {
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
}
