/** The panel of the service inside the virtual host, at the same address of this machine. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { isErrno, reasonOf } from '../../../src/errors.ts';
import { LabFailure } from '../failure.ts';
import type { Lab } from '../lab.ts';
import { output } from '../shell.ts';

/** That of the configuration; a browser's Host has to name the port that the service listens on. */
const address = { host: '127.0.0.1', port: 18_504 };

/** Ends with the connection, whichever side closes it. */
const carry = `exec 3<>/dev/tcp/${address.host}/${address.port}; cat <&3 & cat >&3; kill $!`;

/**
 * Carries connections until the signal is aborted, and gives a link that lets a browser in once.
 * Rejects with a LabFailure where another program listens there.
 */
export async function carryPanel(lab: Lab, signal: AbortSignal): Promise<string> {
  const server = createServer((socket) => carryOne(lab, socket));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  signal.addEventListener('abort', () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  try {
    server.listen(address);
    await once(server, 'listening');
  } catch (error) {
    const why = isErrno(error, 'EADDRINUSE')
      ? `another program listens on ${address.host}:${address.port}`
      : reasonOf(error);
    throw new LabFailure(`The panel cannot be shown: ${why}.`);
  }
  const { url } = JSON.parse(await output(lab, 'handglass panel --json')) as { url: string };
  return url;
}

function carryOne(lab: Lab, socket: Socket): void {
  const session = lab.sessions.start(
    { command: ['bash', '-c', carry], env: {} },
    { stdout: (chunk) => socket.write(chunk), stderr: () => {} },
  );
  socket.on('data', (chunk: Buffer) => session.write(chunk));
  socket.on('error', () => {});
  socket.on('close', () => session.stop());
  void session.ended.then(() => socket.destroy());
}
