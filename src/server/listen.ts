/** The server: every address that it listens on, until it is told to stop. */
import { type Endpoint, type InterfaceEndpoint, isLoopback } from '../config/endpoint.ts';
import type { ServerLimits } from '../config/server.ts';
import type { HandglassError } from '../errors.ts';
import type {
  Clock,
  OpenFiles,
  ReadFiles,
  ReadInterfaces,
  SetMode,
  WriteFiles,
} from '../host/ports.ts';
import { socketName } from './addresses.ts';
import { type Admission, createAdmission } from './admission.ts';
import { createCalls } from './calls.ts';
import { openCertificate } from './certificate.ts';
import { createEntrance, type Door } from './entrance.ts';
import type { Guests } from './guests.ts';
import { createHub } from './hub.ts';
import { followInterface } from './interface-addresses.ts';
import { createJournal } from './journal.ts';
import { closeAtEnd, noInterface, serveAddress } from './listener.ts';
import type { Operations } from './operations.ts';
import { createPlaces } from './places.ts';
import { frameLimitBytes } from './protocol.ts';
import { listenOnPath } from './unix-socket.ts';
import { createWebsocketServer, type ListenerOptions } from './websocket-server.ts';

export interface ServeOptions {
  /** Local control; none without it. */
  socketPath?: string;
  /** Where guests reach the service. Port 0 is any free one. */
  listen: readonly (Endpoint | InterfaceEndpoint)[];
  /** Where a browser on this machine does: loopback addresses. */
  panel: readonly Endpoint[];
  /** Keeps the key and certificate for the addresses that others reach. */
  certificatePath: string;
  limits: ServerLimits;
  operations: Operations;
  guests: Guests;
  /** The addresses that a domain has; where it is given, its guests may come from nowhere else. */
  addressesOf?: ((domain: string) => Promise<string[]>) | undefined;
  /** Somebody can connect there now; the port is the real one. */
  onListening: (door: Door, endpoint: Endpoint) => void;
  /**
   * A place cannot be listened on, or can be again (null). Told once for each reason, and tried again
   * every 2 s.
   */
  onProblem: (place: string, problem: HandglassError | null) => void;
  /** A failure that nobody foresaw, for the journal. */
  onFailure: (error: unknown) => void;
  /** Takes a line about what somebody on the network did or was refused. */
  log: (line: string) => void;
}

/**
 * Serves until the signal is aborted. Resolves once local control listens; `closed` resolves when
 * every connection has ended, the socket's path is free again and the guests are written.
 *
 * @throws HandglassError `busy` where another service has the socket, `listen-failed` where the path
 *   cannot be listened on, `config` where the certificate's file is no good
 */
export async function serve(
  host: ReadFiles & WriteFiles & Pick<OpenFiles, 'removeFile'> & SetMode & Clock & ReadInterfaces,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<{ closed: Promise<void> }> {
  const { operations, guests, limits, onFailure } = options;
  const hub = createHub(host, operations, guests, onFailure);
  const entrance = createEntrance(host, guests);
  const places = createPlaces(host);
  const context = {
    clock: host,
    hub,
    entrance,
    perform: createCalls({ hub, operations, entrance, places }, onFailure),
    journal: createJournal(host, options.log),
    report: onFailure,
    addressesOf: options.addressesOf,
  };
  const certificate = options.listen.every(isOwnMachine)
    ? null
    : await openCertificate(host, options.certificatePath);
  const served: Promise<void>[] = [];

  if (options.socketPath !== undefined) {
    const server = createWebsocketServer(context, localListener(limits), signal);
    await listenOnPath(host, server, options.socketPath);
    served.push(closeAtEnd(server, onFailure, signal));
  }
  if (certificate !== null) served.push(certificate.renewInTime(onFailure, signal));

  function serveOn(door: Door, admission: Admission, endpoint: Endpoint, gone: AbortSignal) {
    const secure = isOwnMachine(endpoint) ? null : certificate;
    const server = createWebsocketServer(
      context,
      { door, certificate: secure, admission, limits },
      gone,
    );
    const told = {
      missed: door === 'panel' ? 'The panel cannot be opened' : 'Guests cannot connect',
      listening(port: number, address: string) {
        options.onListening(door, { address: endpoint.address, port });
        return places.add({ door, address, port, pin: secure?.pin ?? null });
      },
      problem: (problem: HandglassError | null) =>
        options.onProblem(socketName(endpoint.address, endpoint.port), problem),
      failure: onFailure,
    };
    return serveAddress(host, server, endpoint, told, gone);
  }

  const crowd = createAdmission(networkAdmission(limits));
  for (const endpoint of options.listen) {
    served.push(
      'address' in endpoint
        ? serveOn('network', crowd, endpoint, signal)
        : followInterface(
            host,
            endpoint,
            (address, gone) => serveOn('network', crowd, { address, port: endpoint.port }, gone),
            seenInterface(endpoint, options.onProblem),
            signal,
          ),
    );
  }
  for (const endpoint of options.panel) {
    served.push(serveOn('panel', createAdmission(networkAdmission(limits)), endpoint, signal));
  }
  return { closed: closing(served, guests) };
}

/** A count of its own: no crowd on the network keeps the host's user out. */
function localListener(limits: ServerLimits): ListenerOptions {
  return {
    door: 'local',
    certificate: null,
    // A local socket's peers have no address.
    admission: createAdmission({ total: 64, perAddress: 64 }),
    limits: { ...limits, messageBytes: frameLimitBytes },
  };
}

function networkAdmission({ connections, connectionsPerAddress }: ServerLimits) {
  return { total: connections, perAddress: connectionsPerAddress };
}

function isOwnMachine(endpoint: Endpoint | InterfaceEndpoint): boolean {
  return 'address' in endpoint && isLoopback(endpoint.address);
}

/** Tells of an interface that is not there, once, and of its coming. */
function seenInterface(
  endpoint: InterfaceEndpoint,
  onProblem: ServeOptions['onProblem'],
): (exists: boolean) => void {
  let before = true;
  return (exists) => {
    if (exists === before) return;
    before = exists;
    const place = `${endpoint.interface}:${endpoint.port}`;
    onProblem(place, exists ? null : noInterface(endpoint.interface));
  };
}

async function closing(served: readonly Promise<void>[], guests: Guests): Promise<void> {
  await Promise.all(served);
  await guests.settled();
}
