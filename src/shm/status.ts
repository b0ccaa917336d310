import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Clock, FileFacts, OpenFile, OpenFiles, ReadFiles, Run } from '../host/ports.ts';
import { groupId, groupName, userId, userName } from '../system/accounts.ts';
import { holdersOf } from '../system/holders.ts';
import { factsAt } from './facts.ts';
import type { SharedMemoryFile } from './file.ts';
import { headerSpans, parseHeader, type LookingGlassHeader } from './lgmp.ts';
import { makerText } from './presence.ts';
import { holdersText, modeText, sizeText } from './wording.ts';

interface FoundFile {
  kind: FileFacts['kind'];
  bytes: number;
  owner: string;
  group: string;
  /** Such as `0660`. */
  mode: string;
}

export interface SharedMemoryStatus {
  path: string;
  /** What is at the path now; null where nothing is. */
  found: FoundFile | null;
  /** What differs from the configuration or keeps Looking Glass from working: sentences on "it". */
  problems: string[];
  /** A Looking Glass host whose heartbeat goes on, one that has stopped, or no sign of any. */
  host: 'alive' | 'dead' | 'none';
  header: LookingGlassHeader | null;
}

type Host = ReadFiles & OpenFiles & Clock & Run;

/**
 * Compares a file with its configuration, and watches it for about 1.5 s, or until its Looking
 * Glass host has shown itself alive. Rejects with the signal's reason when aborted.
 */
export async function sharedMemoryStatus(
  host: Host,
  entry: SharedMemoryFile,
  signal?: AbortSignal,
): Promise<SharedMemoryStatus> {
  const facts = await factsAt(host, entry.path);
  const found = facts === null ? null : await describe(host, facts);
  const problems = [
    ...(await differences(host, entry, facts, found)),
    ...(await staleHolders(host, entry.path)),
  ];
  const status = { path: entry.path, found, problems };
  if (found?.kind !== 'file') return { ...status, ...nobody };
  try {
    return { ...status, ...(await lookForHost(host, entry.path, signal)) };
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'ENOENT', 'ELOOP')) throw error;
    problems.push(`It cannot be read, so its host is not known: ${reasonOf(error)}.`);
    return { ...status, ...nobody };
  }
}

async function describe(host: Run, facts: FileFacts): Promise<FoundFile> {
  return {
    kind: facts.kind,
    bytes: facts.size,
    owner: await userName(host, facts.uid),
    group: await groupName(host, facts.gid),
    mode: modeText(facts.mode),
  };
}

async function differences(
  host: Run,
  entry: SharedMemoryFile,
  facts: FileFacts | null,
  found: FoundFile | null,
): Promise<string[]> {
  if (facts === null || found === null) return [`It does not exist: ${makerText(entry.path)}.`];
  if (found.kind !== 'file') return ['It is not a regular file.'];
  // By id, because accounts can be configured by id and directories spell one name in several ways.
  const uid = await userId(host, entry.owner).catch(nullIfUnknown);
  const gid = await groupId(host, entry.group).catch(nullIfUnknown);
  const compared = [
    ['size', facts.size === entry.bytes, sizeText(facts.size), sizeText(entry.bytes)],
    ['owner', facts.uid === uid, found.owner, entry.owner],
    ['group', facts.gid === gid, found.group, entry.group],
    ['mode', facts.mode === entry.mode, found.mode, modeText(entry.mode)],
  ] as const;
  return compared
    .filter(([, same]) => !same)
    .map(([what, , is, configured]) => `Its ${what} is ${is}, configured is ${configured}.`);
}

function nullIfUnknown(error: unknown): null {
  if (error instanceof HandglassError && error.code === 'config') return null;
  throw error;
}

async function staleHolders(host: ReadFiles, path: string): Promise<string[]> {
  const { holders } = await holdersOf(host, path);
  const stale = holders.filter(({ removed }) => removed);
  if (stale.length === 0) return [];
  return [
    `A removed file of this name is still used by ${holdersText(stale)}: end it, then start it again.`,
  ];
}

type Seen = Pick<SharedMemoryStatus, 'host' | 'header'>;

const nobody: Seen = { host: 'none', header: null };

const watchedMs = 1500;
const intervalMs = 100;

/**
 * The header at this moment, for watching it over a longer time; null where there is none, nor a
 * file to have one. Fails with the errno where the file cannot be read, so that nothing is known.
 */
export async function lookingGlassHeader(
  host: OpenFiles,
  path: string,
): Promise<LookingGlassHeader | null> {
  try {
    const file = await host.openFile(path, 'read');
    try {
      return await readHeader(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ELOOP', 'ENXIO', 'EISDIR')) return null;
    throw error;
  }
}

async function lookForHost(host: Host, path: string, signal?: AbortSignal): Promise<Seen> {
  const file = await host.openFile(path, 'read');
  try {
    const first = await readHeader(file);
    if (first === null) return nobody;
    const end = host.now() + watchedMs;
    while (host.now() < end) {
      await host.sleep(intervalMs, signal);
      const header = await readHeader(file);
      if (header !== null && showsLife(first, header)) return { host: 'alive', header };
    }
    return { host: 'dead', header: first };
  } finally {
    await file.close();
  }
}

async function readHeader(file: OpenFile): Promise<LookingGlassHeader | null> {
  const { size } = await file.facts();
  const { start, recovery } = headerSpans(size);
  return parseHeader(
    await file.read(start.offset, start.length),
    await file.read(recovery.offset, recovery.length),
  );
}

export function showsLife(before: LookingGlassHeader, after: LookingGlassHeader): boolean {
  return before.heartbeat !== after.heartbeat || before.sessionId !== after.sessionId;
}
