/** Listening on one address, which may not be there yet. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type Endpoint, isLoopback } from '../config/endpoint.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Clock } from '../host/ports.ts';

export interface Told {
  /** The clause that a problem begins with: `Guests cannot connect`. */
  missed: string;
  /** Somebody can connect there now. Returns what to call when that is over. */
  listening(port: number, address: string): () => void;
  /** Once for each reason; null when it is over. */
  problem(problem: HandglassError | null): void;
  failure(error: unknown): void;
}

/** Tries every 2 s until the address can be listened on, and closes the server at the signal. */
export async function serveAddress(
  clock: Clock,
  server: Server,
  endpoint: Endpoint,
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  let reported = '';
  while (!signal.aborted) {
    try {
      server.listen(endpoint.port, endpoint.address);
      await once(server, 'listening');
    } catch (error) {
      const problem = cannotListen(told.missed, endpoint, error);
      if (problem.message !== reported) told.problem(problem);
      reported = problem.message;
      await clock.sleep(retryMs, signal).catch(() => {});
      continue;
    }
    if (reported !== '') told.problem(null);
    const bound = server.address();
    const { address, port } = typeof bound === 'object' && bound !== null ? bound : endpoint;
    const gone = told.listening(port, address);
    await closeAtEnd(server, (error) => told.failure(error), signal);
    gone();
    return;
  }
  // A problem of an address that went is none any more.
  if (reported !== '') told.problem(null);
}

export async function closeAtEnd(
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

export function noInterface(name: string): HandglassError {
  return notThereYet('Guests cannot connect', `has no network interface ${name}`);
}

const retryMs = 2_000;

function cannotListen(missed: string, { address, port }: Endpoint, error: unknown): HandglassError {
  const failure = (why: string, remedy: string) =>
    new HandglassError('listen-failed', `${missed}: ${why}.`, remedy, { cause: error });
  // Its own addresses no machine has to wait for.
  if (isErrno(error, 'EADDRNOTAVAIL') && !isLoopback(address)) {
    return notThereYet(missed, `does not have the address ${address}`, error);
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

/** A service that starts with the machine is there before libvirt's networks are. */
function notThereYet(missed: string, what: string, cause?: unknown): HandglassError {
  return new HandglassError(
    'address-absent',
    `${missed} yet: this machine ${what}.`,
    'Nothing is to be done where libvirt is only starting its network. If it stays so, `sudo virsh net-list --all` shows whether that is started, or else `listen` of [server] has to name another.',
    { cause },
  );
}
