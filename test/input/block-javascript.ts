/**
 * Blocks the service's JavaScript until it is told to end: `block-javascript.ts PID`. Node opens its
 * inspector on SIGUSR1 (https://nodejs.org/api/debugger.html); a breakpoint that nobody leaves
 * stops the main thread and nothing else.
 */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';

const inspector = 'http://127.0.0.1:9229/json/list';

async function targetOf(): Promise<string> {
  for (;;) {
    try {
      const [target] = (await (await fetch(inspector)).json()) as [
        { webSocketDebuggerUrl: string },
      ];
      return target.webSocketDebuggerUrl;
    } catch {
      await setTimeout(50);
    }
  }
}

process.kill(Number(process.argv[2]), 'SIGUSR1');
const socket = new WebSocket(await targetOf());
await once(socket, 'open');
let id = 0;
const call = (method: string) => socket.send(JSON.stringify({ id: (id += 1), method }));
socket.on('message', (data: Buffer) => {
  if (data.toString().includes('"Debugger.paused"')) process.stdout.write('blocked\n');
});
call('Debugger.enable');
call('Debugger.pause');
await once(process.stdin.resume(), 'end');
call('Debugger.resume');
socket.close();
