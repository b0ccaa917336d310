import { DomainRefusal } from '../domain/refusal.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import { createBackoff } from '../host/backoff.ts';
import type { Clock, Connect } from '../host/ports.ts';
import { connectQmp, type QmpConnection } from './qmp-connection.ts';

/** A QEMU that is there at times. */
export interface Qmp {
  /**
   * Runs a command. Rejects with a DomainRefusal in QEMU's words; with `domain-not-running` when no
   * QEMU listens, `qemu-unavailable` when one does and cannot be talked to.
   */
  execute: QmpConnection['execute'];
}

/** As in the configuration. */
export interface QemuEntry {
  name: string;
  /** The path of a QMP socket that no other program uses. */
  socket: string;
}

/**
 * Keeps a connection to a QEMU until the signal is aborted: QEMU talks to one program at a time, and
 * tells events to who is connected. One that is not there, or has to be given up, is tried again
 * after a while that grows up to 2 s.
 *
 * @param heard is told of each event by its name, and of what becomes of the connection by none
 */
export function keepQmp(
  host: Connect & Clock,
  entry: QemuEntry,
  heard: (event?: string) => void,
  signal: AbortSignal,
): Qmp {
  const tried = Promise.withResolvers<void>();
  let connection: QmpConnection | null = null;
  /** Why there is none. */
  let problem: HandglassError | null = null;
  void keep();

  async function keep(): Promise<void> {
    const pauses = createBackoff(100, 2000);
    while (!signal.aborted) {
      try {
        connection = await connectQmp(host, entry.socket, heard, signal);
        pauses.reset();
        tried.resolve();
        heard();
        miss(await connection.ended);
      } catch (error) {
        miss(error);
      }
      await host.sleep(pauses.next(), signal).catch(() => {});
    }
  }

  function miss(reason: unknown): void {
    const before = connection === null ? problem?.message : null;
    connection = null;
    problem = failure(entry, reason);
    tried.resolve();
    if (problem.message !== before) heard();
  }

  return {
    async execute(command, args) {
      await tried.promise;
      if (connection === null) throw problem ?? failure(entry, null);
      try {
        return await connection.execute(command, args);
      } catch (error) {
        throw error instanceof DomainRefusal ? error : failure(entry, error);
      }
    },
  };
}

/** What makes a QEMU listen there, as a sentence. */
export function howToStart(socket: string): string {
  return `Start its QEMU with \`-qmp unix:${socket},server=on,wait=off\`.`;
}

/** Null once there is no QEMU any more, whose devices are back with the host. */
export async function unlessEnded<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof HandglassError && error.code === 'domain-not-running') return null;
    throw error;
  }
}

function failure({ name, socket }: QemuEntry, reason: unknown): HandglassError {
  const cause = { cause: reason };
  if (isErrno(reason, 'ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET')) {
    return new HandglassError(
      'domain-not-running',
      `The domain "${name}" is not running: no QEMU listens at ${socket}.`,
      howToStart(socket),
      cause,
    );
  }
  const remedy = isErrno(reason, 'EACCES')
    ? 'The service, as its user handglass, has to be let write to it.'
    : 'It hangs, or another program has this socket: QEMU talks to one at a time, and this one has to be for Handglass alone.';
  return new HandglassError(
    'qemu-unavailable',
    `The QEMU of "${name}" cannot be talked to at ${socket}: ${reasonOf(reason)}.`,
    remedy,
    cause,
  );
}
