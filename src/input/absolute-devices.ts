/**
 * What the service remembers of devices with absolute axes, so that their clones are there before
 * they are plugged in. The file is always written whole; nothing is lost with it but until each
 * device is seen again.
 */
import { z } from 'zod';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { ReadFiles, WriteFiles } from '../host/ports.ts';

export interface AbsoluteDevice {
  /** What its clones are called behind the target's name; no two have the same. */
  slug: string;
  name: string;
  /** What names it in the configuration, as it stands there. */
  selector: string;
  /** Of which its clones are made: see `Switchboard.capabilities`. */
  capabilities: Buffer;
  /** Of which they are made from the next start on, where the device has become another. */
  next: Buffer | null;
}

export interface AbsoluteDevices {
  /** Those in the file when it was opened. */
  readonly known: readonly AbsoluteDevice[];
  /** Puts these in place of what is in the file, some time later. */
  save(devices: readonly AbsoluteDevice[]): void;
}

/** @param report takes what is wrong with the file, whenever that changes */
export async function openAbsoluteDevices(
  host: ReadFiles & WriteFiles,
  path: string,
  report: (problems: HandglassError[]) => void,
): Promise<AbsoluteDevices> {
  let queue: Promise<void> = Promise.resolve();

  async function write(text: string): Promise<void> {
    try {
      await host.replaceFile(path, text, 0o600);
      report([]);
    } catch (error) {
      report([unwritable(path, error)]);
    }
  }

  return {
    known: await readDevices(host, path).catch((error: unknown) => {
      report([unreadable(path, error)]);
      return [];
    }),
    save(devices) {
      const text = textOf(devices);
      // One after the other: the last is to stay.
      queue = queue.then(() => write(text));
    },
  };
}

const version = 1;

const fileSchema = z.strictObject({
  version: z.literal(version),
  devices: z.record(
    z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    z.strictObject({
      name: z.string(),
      selector: z.string(),
      capabilities: z.base64(),
      next: z.base64().optional(),
    }),
  ),
});

async function readDevices(host: ReadFiles, path: string): Promise<AbsoluteDevice[]> {
  const text = await host.readText(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  });
  if (text === null) return [];
  return Object.entries(fileSchema.parse(JSON.parse(text)).devices).map(
    ([slug, { capabilities, next, ...rest }]) => ({
      slug,
      ...rest,
      capabilities: Buffer.from(capabilities, 'base64'),
      next: next === undefined ? null : Buffer.from(next, 'base64'),
    }),
  );
}

function textOf(known: readonly AbsoluteDevice[]): string {
  const devices = known.map(({ slug, capabilities, next, ...rest }) => {
    const record = { ...rest, capabilities: capabilities.toString('base64') };
    return [slug, next === null ? record : { ...record, next: next.toString('base64') }];
  });
  return `${JSON.stringify({ version, devices: Object.fromEntries(devices) }, null, 2)}\n`;
}

function unreadable(path: string, error: unknown): HandglassError {
  const reason = error instanceof z.ZodError ? 'its content is not ours' : reasonOf(error);
  return new HandglassError(
    'input-unavailable',
    `The list of devices with absolute axes in ${path} cannot be read: ${reason}.`,
    'Plug each of them in once: the list is written anew. Start domains after that.',
    { cause: error },
  );
}

function unwritable(path: string, error: unknown): HandglassError {
  return new HandglassError(
    'input-unavailable',
    `The list of devices with absolute axes in ${path} cannot be written: ${reasonOf(error)}.`,
    'See that its disk has room, and that the service may write there.',
    { cause: error },
  );
}
