/** The server: every address that it listens on, until it is told to stop. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Endpoint } from '../config/endpoint.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Clock, OpenFiles, ReadFiles, SetMode } from '../host/ports.ts';
import { createAdmission } from './admission.ts';
import { createCalls } from './calls.ts';
import { createEntrance } from './entrance.ts';
import type { Guests } from './guests.ts';
import { createHub } from './hub.ts';
import type { Operations } from './operations.ts';
import { createPlaces, type Places } from './places.ts';
import { listenOnPath } from './unix-socket.ts';
import { createWebsocketServer } from './websocket-server.ts';

export interface ServeOptions {
  /** Local control; none without it. */
  socketPath?: string;
  /** Where guests reach the service. Port 0 is any free one. */
  listen: readonly Endpoint[];
  operations: Operations;
  guests: Guests;
  /** Guests can connect there now; the port is the real one. */
  onListening: (endpoint: Endpoint, port: number) => void;
  /** An address cannot be listened on; told once for each reason, and tried again every 2 s. */
  onProblem: (endpoint: Endpoint, problem: HandglassError) => void;
  /** A failure that nobody foresaw, for the journal. */
  onFailure: (error: unknown) => void;
}

/**
 * Serves until the signal is aborted. Resolves once local control listens; `closed` resolves when
 * every connection has ended, the socket's path is free again and the guests are written.
 *
 * @throws HandglassError `busy` where another service has the socket, `listen-failed` where the path
 *   cannot be listened on
 */
export async function serve(
  host: ReadFiles & Pick<OpenFiles, 'removeFile'> & SetMode & Clock,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<{ closed: Promise<void> }> {
  const { operations, guests, onFailure } = options;
  const hub = createHub(host, operations, guests, onFailure);
  const entrance = createEntrance(host, guests);
  const places = createPlaces();
  const perform = createCalls({ hub, operations, entrance, places }, onFailure);
  const context = { clock: host, hub, entrance, perform, report: onFailure };
  const served: Promise<void>[] = [];

  if (options.socketPath !== undefined) {
    // A count of its own: no crowd on the network keeps the host's user out.
    const server = createWebsocketServer(context, 'local', createAdmission(localLimits), signal);
    await listenOnPath(host, server, options.socketPath);
    served.push(closeAtEnd(server, onFailure, signal));
  }
  const admission = createAdmission(networkLimits);
  for (const endpoint of options.listen) {
    const server = createWebsocketServer(context, 'network', admission, signal);
    served.push(serveEndpoint(host, server, endpoint, places, options, signal));
  }
  return { closed: closing(served, guests) };
}

/** Connections open in all, and from one address. A local socket's peers have no address. */
const localLimits = { total: 64, perAddress: 64 };
const networkLimits = { total: 64, perAddress: 8 };

const retryMs = 2_000;

async function closing(served: readonly Promise<void>[], guests: Guests): Promise<void> {
  await Promise.all(served);
  await guests.settled();
}

async function serveEndpoint(
  clock: Clock,
  server: Server,
  endpoint: Endpoint,
  places: Places,
  { onListening, onProblem, onFailure }: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  let reported = '';
  while (!signal.aborted) {
    try {
      server.listen(endpoint.port, endpoint.address);
      await once(server, 'listening');
    } catch (error) {
      const problem = cannotListen(endpoint, error);
      if (problem.message !== reported) onProblem(endpoint, problem);
      reported = problem.message;
      await clock.sleep(retryMs, signal).catch(() => {});
      continue;
    }
    const bound = server.address();
    const { address, port } = typeof bound === 'object' && bound !== null ? bound : endpoint;
    const gone = places.add({ address, port, pin: null });
    onListening(endpoint, port);
    await closeAtEnd(server, onFailure, signal);
    gone();
  }
}

async function closeAtEnd(
  server: Server,
  onFailure: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  // A connection that cannot be accepted, such as for want of descriptors; the next one may be.
  server.on('error', onFailure);
  if (!signal.aborted) await once(signal, 'abort');
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function cannotListen({ address, port }: Endpoint, error: unknown): HandglassError {
  const failure = (why: string, remedy: string) =>
    new HandglassError('listen-failed', `Guests cannot connect: ${why}.`, remedy, { cause: error });
  if (isErrno(error, 'EADDRNOTAVAIL')) {
    return failure(
      `this machine does not have the address ${address}`,
      'It is tried again until the address is there, such as once libvirt has started its network.',
    );
  }
  if (isErrno(error, 'EADDRINUSE')) {
    return failure(
      `another program listens on ${address} port ${port}`,
      '`sudo ss -ltnp` shows which; it is tried again until the port is free.',
    );
  }
  return failure(
    `listening on ${address} port ${port} failed: ${reasonOf(error)}`,
    'It is tried again until it succeeds; ports below 1024 are for root alone.',
  );
}
