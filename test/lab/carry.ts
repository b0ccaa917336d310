/** Ports of the virtual host's loopback, at the same ports of this machine's. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { isErrno, reasonOf } from '../../src/errors.ts';
import { LabFailure } from './failure.ts';
import type { Lab } from './lab.ts';

/** The same on both sides: the service answers a request only under the name that it listens on. */
const host = '127.0.0.1';

/**
 * Carries connections until the signal is aborted. Rejects with a LabFailure where another program
 * listens there.
 */
export async function carryPort(lab: Lab, port: number, signal: AbortSignal): Promise<void> {
  const server = createServer((socket) => carryOne(lab, port, socket));
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
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const why = isErrno(error, 'EADDRINUSE')
      ? `another program listens on ${host}:${port}`
      : reasonOf(error);
    throw new LabFailure(`What is in the virtual host cannot be reached: ${why}.`);
  }
}

function carryOne(lab: Lab, port: number, socket: Socket): void {
  // Ends with the connection, whichever side closes it.
  const carry = `exec 3<>/dev/tcp/${host}/${port}; cat <&3 & cat >&3; kill $!`;
  const session = lab.sessions.start(
    { command: ['bash', '-c', carry], env: {} },
    { stdout: (chunk) => socket.write(chunk), stderr: () => {} },
  );
  socket.on('data', (chunk: Buffer) => session.write(chunk));
  socket.on('error', () => {});
  socket.on('close', () => session.stop());
  void session.ended.then(() => socket.destroy());
}
