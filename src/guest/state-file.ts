/** What a guest keeps of its pairing: whoever can read it can act as the guest. */
import { dirname } from 'node:path';
import { z } from 'zod';
import { isLoopback } from '../config/endpoint.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { MakeFolder, OpenFile, OpenFiles, WriteFiles } from '../host/ports.ts';

const fields = z.object({
  /** Of the host: IPv4, or IPv6 without brackets. */
  address: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** Of the host's certificate; null where no TLS is spoken. */
  pin: z.string().nullable(),
  token: z.string().min(1),
  /** The domain that this guest is. */
  domain: z.string().min(1),
});

const schema = fields.refine(({ address, pin }) => pin !== null || isLoopback(address));

export type GuestPairing = z.infer<typeof schema>;

/** @throws HandglassError `config` where the guest is not paired, or the file is no good */
export async function readGuestPairing(host: OpenFiles, path: string): Promise<GuestPairing> {
  try {
    const file = await host.openFile(path, 'read');
    try {
      return await pairingIn(file, path);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof HandglassError) throw error;
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) throw notPaired(path, error);
    throw noGood(path, reasonOf(error), error);
  }
}

export async function writeGuestPairing(
  host: WriteFiles & MakeFolder,
  path: string,
  pairing: GuestPairing,
): Promise<void> {
  try {
    await host.makeFolder(dirname(path), 0o700);
    await host.replaceFile(path, `${JSON.stringify(pairing)}\n`, 0o600);
  } catch (error) {
    throw new HandglassError(
      'config',
      `The pairing cannot be kept in ${path}: ${reasonOf(error)}.`,
      'Make that folder writable for this user, then pair again.',
      { cause: error },
    );
  }
}

/** @throws HandglassError `config` where the guest is not paired */
export async function removeGuestPairing(host: OpenFiles, path: string): Promise<void> {
  try {
    await host.removeFile(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) throw notPaired(path, error);
    throw new HandglassError('config', `${path} cannot be removed: ${reasonOf(error)}.`, '', {
      cause: error,
    });
  }
}

const sizeLimitBytes = 4096;

async function pairingIn(file: OpenFile, path: string): Promise<GuestPairing> {
  const { kind, mode, size } = await file.facts();
  if (kind !== 'file') throw noGood(path, 'it is no regular file');
  if ((mode & 0o077) !== 0) throw tooOpen(path, mode);
  if (size > sizeLimitBytes) throw noGood(path, 'it is far too long');
  const text = (await file.read(0, size)).toString();
  const read = schema.safeParse(parsed(text));
  if (!read.success) throw noGood(path, 'its content is not ours');
  return read.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const howToPair = 'run `handglass guest pair DOMAIN` on the host, and here what that says';

function notPaired(path: string, cause: unknown): HandglassError {
  const remedy = `To pair it, ${howToPair}.`;
  return new HandglassError('config', `This guest is not paired: there is no ${path}.`, remedy, {
    cause,
  });
}

function noGood(path: string, why: string, cause?: unknown): HandglassError {
  return new HandglassError(
    'config',
    `The pairing in ${path} cannot be read: ${why}.`,
    `Pair again: ${howToPair}.`,
    { cause },
  );
}

function tooOpen(path: string, mode: number): HandglassError {
  return new HandglassError(
    'config',
    `The pairing in ${path} is open to other users than its owner (mode 0${mode.toString(8)}), and whoever reads it can act as this guest.`,
    `Run \`chmod 600 ${path}\`; if another user may have read it, revoke this guest on the host and pair again.`,
  );
}
