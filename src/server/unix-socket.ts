/** Listening on a unix socket's path, which a daemon that died may have left occupied. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { OpenFiles, ReadFiles, SetMode } from '../host/ports.ts';
import { get } from './http.ts';

/**
 * Listens on the path with mode 0660; the group is the folder's or the service's. Until the mode is
 * set, the umask leaves others at most the right to read, and to connect takes that to write.
 *
 * @throws HandglassError `busy` where another process answers there; `listen-failed` otherwise
 */
export async function listenOnPath(
  host: ReadFiles & Pick<OpenFiles, 'removeFile'> & SetMode,
  server: Server,
  path: string,
): Promise<void> {
  try {
    await listening(server, path).catch(async (error: unknown) => {
      if (!isErrno(error, 'EADDRINUSE')) throw error;
      await removeStale(host, path);
      await listening(server, path);
    });
    await host.setMode(path, 0o660);
  } catch (error) {
    server.close();
    if (error instanceof HandglassError) throw error;
    throw new HandglassError(
      'listen-failed',
      `The service cannot listen on ${path}: ${reasonOf(error)}.`,
      'Its folder must exist and belong to the service; systemd makes it (RuntimeDirectory).',
      { cause: error },
    );
  }
}

async function listening(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

/** Removes a socket only after the kernel has said that no process listens on it. */
async function removeStale(
  host: ReadFiles & Pick<OpenFiles, 'removeFile'>,
  path: string,
): Promise<void> {
  const { kind } = await host.factsOf(path);
  // The kernel refuses a connection to a regular file just as to a socket that nobody serves.
  if (kind !== 'other') {
    throw new HandglassError(
      'listen-failed',
      `The service cannot listen on ${path}: a ${kind} is in its place.`,
      'Find out who put it there, and move it away.',
    );
  }
  if (await isServed(path)) {
    throw new HandglassError(
      'busy',
      `Another process serves ${path} already.`,
      'Only one Handglass service may run: stop the other one first (`sudo systemctl stop handglass`).',
    );
  }
  await host.removeFile(path);
}

/** True also where nobody can tell, such as for a socket whose backlog is full. */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ socketPath: path, agent: false });
    request.on('socket', (socket) =>
      socket.once('connect', () => {
        resolve(true);
        request.destroy();
      }),
    );
    request.on('error', (error) => resolve(!isErrno(error, 'ECONNREFUSED')));
  });
}
