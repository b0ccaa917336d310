import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Connect } from './ports.ts';

export const sockets: Connect = {
  async connect(path, heard) {
    const socket = createConnection(path);
    socket.setEncoding('utf8').on('data', heard);
    await once(socket, 'connect');
    const ended = Promise.withResolvers<void>();
    // That the other end is gone is told by the end alone.
    socket.on('error', () => {});
    socket.on('close', () => ended.resolve());
    return {
      say: (text) => void socket.write(text),
      end: () => void socket.destroy(),
      ended: ended.promise,
    };
  },
};
