/**
 * What `handglass report` writes: gzip of one JSON document, with all that a look at a machine has read
 * there. Answers are kept as they came, so that checks which come later can look at them too.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { MakeFile, OpenFiles, ReadFiles } from '../host/ports.ts';
import { printable } from '../printable.ts';
import { mostRomBytes } from '../vbios/limits.ts';

/** Of the format below: a higher number where older programs would misread it. */
const version = 1;

/** A call that failed: with the errno's name, or else with what was said. */
const failure = z.object({
  code: z.string().nullable(),
  message: z.string(),
  /** Whether libvirt was reached, and refused. */
  isRefusal: z.boolean().optional(),
});

const answers = <T extends z.ZodType>(is: T) =>
  z.record(z.string(), z.union([z.object({ is }), z.object({ failed: failure })]));

const fileFacts = z.object({
  kind: z.enum(['file', 'folder', 'link', 'other']),
  size: z.number(),
  allocated: z.number(),
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  dev: z.number(),
  ino: z.number(),
});

/** The answers of one machine, by what was asked for. */
const recordedSchema = z.object({
  texts: answers(z.string()),
  folders: answers(z.array(z.string())),
  links: answers(z.string()),
  realPaths: answers(z.string()),
  facts: answers(fileFacts),
  /** Files that are no text: the parts that mean something, zeros between them. */
  contents: answers(
    z.object({
      facts: fileFacts,
      size: z.int().min(0).max(mostRomBytes),
      parts: z.array(z.object({ at: z.int().min(0), base64: z.string() })).max(1000),
    }),
  ),
  /** By the program and its arguments as JSON; readers of the log by their names alone. */
  programs: answers(
    z.object({
      stdout: z.string(),
      stderr: z.string(),
      exitCode: z.number().nullable(),
      timedOut: z.boolean(),
    }),
  ),
  /** Whether each libvirt could be talked with. */
  libvirts: answers(z.null()),
  /** What virsh printed, by the libvirt and the words as JSON. */
  virsh: answers(z.string()),
});

const archiveSchema = z.object({
  format: z.literal('handglass-report'),
  version: z.literal(version),
  /** Of the program that recorded it. */
  handglass: z.string().max(100),
  /** When it was recorded, as ISO 8601 in UTC. */
  time: z.iso.datetime(),
  configPath: z.string(),
  /** What the log was searched for. */
  logPatterns: z.array(z.string()),
  recorded: recordedSchema,
});

export type Archive = z.output<typeof archiveSchema>;
export type Recorded = Archive['recorded'];
export type Failure = z.output<typeof failure>;
export type Answers<T> = Record<string, { is: T } | { failed: Failure }>;
/** All of it but what says what it is. */
export type ArchiveContent = Omit<Archive, 'format' | 'version'>;

/** Bytes of the document and of the file; a machine's has a few MiB. */
const mostBytes = 64 * 1024 * 1024;
const mostPackedBytes = 32 * 1024 * 1024;

/**
 * Writes an archive into a new file that nobody else may read.
 *
 * @throws HandglassError `not-permitted`, or `report-failed`, also where anything is there already
 */
export async function writeArchive(
  host: MakeFile,
  path: string,
  content: ArchiveContent,
): Promise<{ bytes: number }> {
  const text = JSON.stringify({ format: 'handglass-report', version, ...content }, null, 1);
  const packed = gzipSync(text);
  if (Buffer.byteLength(text) > mostBytes || packed.length > mostPackedBytes) {
    throw failed('This machine says more than an archive can hold (64 MiB).', 'Please report it.');
  }
  try {
    await host.makeFile(path, packed, 0o600);
    return { bytes: packed.length };
  } catch (error) {
    if (isErrno(error, 'EEXIST')) {
      throw failed(
        `${path} is there already, and is left as it is.`,
        'Name another file with --to, or remove that one.',
      );
    }
    const isRefused = isErrno(error, 'EACCES', 'EPERM', 'EROFS');
    throw new HandglassError(
      isRefused ? 'not-permitted' : 'report-failed',
      `${path} cannot be written: ${reasonOf(error)}.`,
      'Name a file in a folder where you may write with --to.',
      { cause: error },
    );
  }
}

/**
 * Reads an archive of whatever origin.
 *
 * @throws HandglassError `report-failed` with what is wrong with it
 */
export async function readArchive(host: ReadFiles & OpenFiles, path: string): Promise<Archive> {
  const document = documentIn(await bytesOf(host, path), path);
  const { format, version: written, handglass } = fieldsOf(document);
  if (format !== 'handglass-report') throw foreign(path);
  if (typeof written === 'number' && written > version) {
    const by = typeof handglass === 'string' ? ` (${printable(handglass).slice(0, 40)})` : '';
    throw failed(
      `${path} was written by a newer Handglass${by}, in a format that this one does not know.`,
      'Upgrade Handglass.',
    );
  }
  const { data, error } = archiveSchema.safeParse(document);
  if (data !== undefined) return data;
  const place = error.issues[0]?.path.map(String).join('.').slice(0, 200) ?? '';
  throw failed(
    `${path} is an archive of Handglass, but its content is not: ${printable(place || 'all of it')}.`,
    'Have it written again with `handglass report`.',
  );
}

async function bytesOf(host: ReadFiles & OpenFiles, path: string): Promise<Buffer> {
  try {
    const file = await host.openFile(await host.realPath(path), 'read');
    try {
      const { kind, size } = await file.facts();
      if (kind !== 'file' || size > mostPackedBytes) throw foreign(path);
      return await file.read(0, size);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof HandglassError) throw error;
    const code = isErrno(error, 'EACCES', 'EPERM') ? 'not-permitted' : 'report-failed';
    const what = `${path} cannot be read: ${reasonOf(error)}.`;
    throw new HandglassError(code, what, 'See whether the path is right.', { cause: error });
  }
}

function documentIn(packed: Buffer, path: string): unknown {
  // What gzip begins with.
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) throw foreign(path);
  try {
    return JSON.parse(gunzipSync(packed, { maxOutputLength: mostBytes }).toString());
  } catch {
    throw failed(
      `${path} is damaged, cut off, or no archive of Handglass.`,
      'Have it sent or written again; mail programs and browsers may have unpacked it.',
    );
  }
}

function foreign(path: string): HandglassError {
  return failed(
    `${path} is no archive of Handglass.`,
    'Name a file that `handglass report` has written.',
  );
}

function failed(what: string, remedy: string): HandglassError {
  return new HandglassError('report-failed', what, remedy);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
