/** The server: every address that it listens on, until it is told to stop. */
import { type Endpoint, type InterfaceEndpoint, isLoopback } from '../config/endpoint.ts';
import type { ServerLimits } from '../config/server.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type {
  Clock,
  OpenFiles,
  ReadFiles,
  ReadInterfaces,
  SetMode,
  WriteFiles,
} from '../host/ports.ts';
import { socketName } from './addresses.ts';
import { createAdmission } from './admission.ts';
import { createCalls } from './calls.ts';
import { type Certificate, openCertificate } from './certificate.ts';
import { createEntrance, type Door } from './entrance.ts';
import type { Guests } from './guests.ts';
import { createHub } from './hub.ts';
import { followInterface } from './interface-addresses.ts';
import { createJournal } from './journal.ts';
import { closeAtEnd, noInterface, serveAddress } from './listener.ts';
import type { Operations } from './operations.ts';
import { sharedByDomain } from './own-address.ts';
import { createPanel } from './panel-files.ts';
import { createPictures } from './pictures.ts';
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
  /** A browser on this machine has opened the panel as its user. Returns what to call when it leaves. */
  onPanel: () => () => void;
  /** Somebody can connect there now; the port is the real one. */
  onListening: (door: Door, endpoint: Endpoint) => void;
  /**
   * A place cannot be listened on, or can be again (null). Told once for each reason, and tried again
   * every 2 s. Of the certificate's file, that it is no good, which is not tried again.
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
 *   cannot be listened on
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
  const pictures = createPictures(host, operations);
  const reached = options.listen.filter((endpoint) => !isOwnMachine(endpoint));
  const certificate = reached.length === 0 ? null : await certificateIn(host, options);
  const calls = { hub, operations, entrance, guests, places, pictures, certificate };
  const context = {
    clock: host,
    hub,
    entrance,
    perform: createCalls(calls, onFailure),
    journal: createJournal(host, options.log),
    report: onFailure,
    onPanel: options.onPanel,
    answerPlainRequest: createPanel(host, pictures, onFailure),
    addressesOf: options.addressesOf && sharedByDomain(options.addressesOf),
  };
  const served: Promise<void>[] = [];

  if (options.socketPath !== undefined) {
    const server = createWebsocketServer(context, localListener(host, limits), signal);
    await listenOnPath(host, server, options.socketPath);
    served.push(closeAtEnd(server, onFailure, signal));
  }

  function serveOn(
    endpoint: Endpoint,
    listener: Omit<ListenerOptions, 'limits'>,
    gone: AbortSignal,
  ): Promise<void> {
    const { door, certificate } = listener;
    const server = createWebsocketServer(context, { ...listener, limits }, gone);
    const told = {
      missed: door === 'panel' ? 'The panel cannot be opened' : 'Guests cannot connect',
      listening(port: number, address: string) {
        options.onListening(door, { address: endpoint.address, port });
        return places.add({ door, address, port, pin: certificate?.pin ?? null });
      },
      problem: (problem: HandglassError | null) =>
        options.onProblem(socketName(endpoint.address, endpoint.port), problem),
      failure: onFailure,
    };
    return serveAddress(host, server, endpoint, told, gone);
  }

  for (const endpoint of options.panel) {
    // Any page in a browser of this machine may call here as often as it likes.
    const admission = createAdmission(host, { ...networkAdmission(limits), perSecond: unlimited });
    served.push(serveOn(endpoint, { door: 'panel', certificate: null, admission }, signal));
  }

  const crowd = {
    door: 'network',
    admission: createAdmission(host, networkAdmission(limits)),
  } as const;
  const plain = { ...crowd, certificate: null };
  for (const endpoint of options.listen.filter(isOwnMachine)) {
    served.push(serveOn(endpoint, plain, signal));
  }

  if (certificate === null) return { closed: closing(served, guests) };
  const secured = { ...crowd, certificate };
  served.push(certificate.renewInTime(onFailure, signal));
  for (const endpoint of reached) {
    served.push(
      'address' in endpoint
        ? serveOn(endpoint, secured, signal)
        : followInterface(
            host,
            endpoint,
            (address, gone) => {
              const one = { address, port: endpoint.port };
              return serveOn(one, isOwnMachine(one) ? plain : secured, gone);
            },
            seenInterface(endpoint, options.onProblem),
            signal,
          ),
    );
  }
  return { closed: closing(served, guests) };
}

/** A count of its own: no crowd on the network keeps the host's user out. */
function localListener(clock: Clock, limits: ServerLimits): ListenerOptions {
  return {
    door: 'local',
    certificate: null,
    // A local socket's peers have no address.
    admission: createAdmission(clock, {
      total: 64,
      perAddress: 64,
      perGuest: unlimited,
      perSecond: unlimited,
    }),
    limits: { ...limits, messageBytes: frameLimitBytes },
  };
}

const unlimited = Number.MAX_SAFE_INTEGER;

function networkAdmission(limits: ServerLimits) {
  return {
    total: limits.connections,
    perAddress: limits.connectionsPerAddress,
    perGuest: limits.connectionsPerGuest,
    perSecond: limits.connectsPerSecond,
  };
}

/** Null where it is no good: nothing that others reach is served then, and all else is. */
async function certificateIn(
  host: Parameters<typeof openCertificate>[0],
  { certificatePath, onProblem }: ServeOptions,
): Promise<Certificate | null> {
  try {
    return await openCertificate(host, certificatePath);
  } catch (error) {
    onProblem(certificatePath, noCertificate(certificatePath, error));
    return null;
  }
}

function noCertificate(path: string, error: unknown): HandglassError {
  const { code, what, remedy } =
    error instanceof HandglassError
      ? error
      : new HandglassError(
          'listen-failed',
          `The service's key cannot be kept in ${path}: ${reasonOf(error)}.`,
          'Let the service write there.',
        );
  return new HandglassError(
    code,
    `Guests cannot connect over the network. ${what}`,
    `${remedy} Then restart the service.`,
    { cause: error },
  );
}

function isOwnMachine(endpoint: Endpoint | InterfaceEndpoint): endpoint is Endpoint {
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
