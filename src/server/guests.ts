/**
 * The guests that were paired: who may connect over the network, and for which domain.
 *
 * A token is `ID.SECRET`: twelve hexadecimal digits, then 256 random bits in base64url. Only the
 * secret's SHA-256 is kept; a hash made to be slow would add nothing to that many random bits.
 * The file is always written whole, so that it holds either what was before or what is now.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Clock, ReadFiles, WriteFiles } from '../host/ports.ts';

export interface Guest {
  id: string;
  domain: string;
}

/** When and whence a guest last came or left; both null before the first connection. */
export interface Sighting {
  /** ISO 8601 in UTC. */
  lastSeen: string | null;
  address: string | null;
}

export interface Guests {
  /** @throws HandglassError `config` where the list could not be read, so that nobody can be made a guest */
  requireKnown(): void;
  /** Makes a guest. Its token is told here and never again. */
  pair(domain: string): Promise<Guest & { token: string }>;
  list(): (Guest & Sighting)[];
  /** Whether this one is still a guest. */
  knows(id: string): boolean;
  /**
   * Its token is no good from the call on.
   *
   * @throws HandglassError `guest-unknown` where no guest has this id; `internal` where that cannot be
   *   written, so that it would be good again when the service starts anew
   */
  revoke(id: string): Promise<void>;
  /** Takes the same time whether the id or the secret is wrong. */
  authenticate(token: string): Guest | null;
  /** Notes that a guest is here now. The file follows at most once a minute for each guest. */
  seen(id: string, address: string): Promise<void>;
  /** Resolves once every change asked for so far is made or has failed. */
  settled(): Promise<void>;
}

/**
 * Reads the guests; none where the file does not exist.
 *
 * @throws HandglassError `config` where the file is damaged, or anyone but its owner may open it
 */
export async function openGuests(
  host: ReadFiles & WriteFiles & Clock,
  path: string,
): Promise<Guests> {
  let records = await readRecords(host, path);
  const revoked = new Set<string>();
  const sightings = new Map<string, Sighting>();
  const writtenAt = new Map<string, number>();
  let queue: Promise<void> = Promise.resolve();

  const known = () => records.filter(({ id }) => !revoked.has(id));
  const knows = (id: string) => known().some((record) => record.id === id);
  const current = () => known().map((record) => ({ ...record, ...sightings.get(record.id) }));

  /** One change after another, each from what the one before it left; in memory once it is on disk. */
  function change(edit: (before: GuestRecord[]) => GuestRecord[]): Promise<void> {
    const turn = afterwards(queue, async () => {
      const guests = edit(current());
      await host.replaceFile(path, `${JSON.stringify({ guests }, null, 2)}\n`, fileMode);
      records = guests;
    });
    queue = turn;
    return turn;
  }

  return {
    requireKnown() {},

    async pair(domain) {
      const id = randomBytes(6).toString('hex');
      const secret = randomBytes(32).toString('base64url');
      const sha256 = hashOf(secret).toString('hex');
      const record = { id, domain, sha256, lastSeen: null, address: null };
      await change((before) => [...before, record]);
      return { id, domain, token: `${id}.${secret}` };
    },

    list: () =>
      current().map(({ id, domain, lastSeen, address }) => ({ id, domain, lastSeen, address })),

    knows,

    async revoke(id) {
      // Also one whose revocation could not be written.
      if (records.every((record) => record.id !== id)) throw unknownGuest(id);
      revoked.add(id);
      sightings.delete(id);
      writtenAt.delete(id);
      await change((before) => before).catch((error: unknown) => {
        throw notWritten(path, error);
      });
    },

    authenticate(token) {
      const dot = token.indexOf('.');
      const record = known().find(({ id }) => id === token.slice(0, dot));
      const expected = record === undefined ? nobody : Buffer.from(record.sha256, 'hex');
      const matches = timingSafeEqual(hashOf(token.slice(dot + 1)), expected);
      return record !== undefined && matches ? { id: record.id, domain: record.domain } : null;
    },

    async seen(id, address) {
      const now = host.now();
      if (!knows(id)) return;
      sightings.set(id, { lastSeen: new Date(now).toISOString(), address });
      if (now - (writtenAt.get(id) ?? -Infinity) < writeEveryMs) return;
      writtenAt.set(id, now);
      await change((before) => before);
    },

    settled: () => queue.catch(() => {}),
  };
}

/** Where the list cannot be known: nobody is let in, and whoever asks for a change is told why. */
export function unreadableGuests(problem: HandglassError): Guests {
  const refuse = () => Promise.reject(problem);
  return {
    requireKnown() {
      throw problem;
    },
    pair: refuse,
    list: () => [],
    knows: () => false,
    revoke: refuse,
    authenticate: () => null,
    seen: async () => {},
    settled: async () => {},
  };
}

/** Whether what went before succeeded is told to whoever asked for it. */
async function afterwards(before: Promise<void>, work: () => Promise<void>): Promise<void> {
  await before.catch(() => {});
  await work();
}

const fileMode = 0o600;
const writeEveryMs = 60_000;

/** Compared with where the id is unknown; no secret has this hash that anyone could find. */
const nobody = Buffer.alloc(32);

const recordSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  domain: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  lastSeen: z.iso.datetime().nullable(),
  // Older files have none.
  address: z.string().nullable().default(null),
});

type GuestRecord = z.infer<typeof recordSchema>;

const fileSchema = z.strictObject({ guests: z.array(recordSchema) });

async function readRecords(host: ReadFiles, path: string): Promise<GuestRecord[]> {
  try {
    const { kind, mode } = await host.factsOf(path);
    if (kind !== 'file') throw damaged(path, `it is no regular file but a ${kind}`);
    if ((mode & 0o077) !== 0) throw tooOpen(path, mode);
    return fileSchema.parse(JSON.parse(await host.readText(path))).guests;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    if (error instanceof HandglassError) throw error;
    throw damaged(path, error instanceof z.ZodError ? 'its content is not ours' : reasonOf(error));
  }
}

function damaged(path: string, reason: string): HandglassError {
  return new HandglassError(
    'config',
    `The list of guests in ${path} cannot be read: ${reason}.`,
    'Restore it from a backup, or delete it and pair every guest again; then restart the service.',
  );
}

function tooOpen(path: string, mode: number): HandglassError {
  return new HandglassError(
    'config',
    `The list of guests in ${path} is open to others than its owner (mode 0${mode.toString(8)}).`,
    `See who changed it, then run \`chmod 600 ${path}\` and restart the service.`,
  );
}

function notWritten(path: string, cause: unknown): HandglassError {
  return new HandglassError(
    'internal',
    `The guest is revoked for now, but not in ${path}: ${reasonOf(cause)}.`,
    'Revoke it again when that is mended, or it is known again once the service starts anew.',
    { cause },
  );
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function unknownGuest(id: string): HandglassError {
  return new HandglassError(
    'guest-unknown',
    `No guest has the id "${id}".`,
    '`handglass guest list` shows every guest.',
  );
}
