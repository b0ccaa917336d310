import { HandglassError } from '../errors.ts';
import type { FileFacts, OpenFile, OpenFiles, ReadFiles, Run } from '../host/ports.ts';
import { groupId, groupName, userId, userName } from '../system/accounts.ts';
import { holdersOf } from '../system/holders.ts';
import { factsAt } from './facts.ts';
import { changedMeanwhile, failureOf } from './failure.ts';
import { holdersText, modeText, sizeText } from './wording.ts';

/*
 * What holds whatever happens meanwhile:
 * - No file is ever cut or extended once it has a name that others could have opened: who maps a
 *   file that shrinks dies of SIGBUS. A file of the wrong size gives way to a new inode.
 * - A process that opens the old file between the look at its holders and its removal keeps the
 *   old one whole; it waits there for frames that never come, and `status` names it.
 * - A new file stays closed to all but its maker until its memory is reserved.
 * - Rights are changed through the descriptor of a regular file alone, so no link and no exchange
 *   of names can turn them upon another file.
 */

/** A shared-memory file as it should be. */
export interface SharedMemoryFile {
  path: string;
  /** A power of two, as `sharedMemoryMib` has it. */
  bytes: number;
  /** Names, or ids that an account has. */
  owner: string;
  group: string;
  /** Permission bits. */
  mode: number;
}

export interface SharedMemoryCreation {
  outcome: 'made' | 'repaired' | 'unchanged';
  /** What was done, a clause each, such as `mode 0660, was 0644`; empty for `unchanged`. */
  changes: string[];
}

type Host = ReadFiles & OpenFiles & Run;

interface Rights {
  uid: number;
  gid: number;
}

/**
 * Makes the file, or repairs what is wrong with it; one that is right is left untouched. Fails with
 * `config` for unknown accounts, `shm-busy` when the size is wrong and somebody uses the file,
 * `not-permitted`, also when the size is wrong and not every process may be looked into, and
 * `shm-failed` for the rest. A file that could not be completed is removed.
 */
export async function createSharedMemory(
  host: Host,
  entry: SharedMemoryFile,
): Promise<SharedMemoryCreation> {
  refuseModule(entry);
  const rights = { uid: await userId(host, entry.owner), gid: await groupId(host, entry.group) };
  try {
    const found = await factsAt(host, entry.path);
    if (found === null) return { outcome: 'made', changes: await make(host, entry, rights) };
    refuseOtherKinds(entry, found);
    const changes =
      found.size === entry.bytes
        ? await repair(host, entry, rights)
        : await replace(host, entry, rights, found);
    return { outcome: changes.length === 0 ? 'unchanged' : 'repaired', changes };
  } catch (error) {
    throw await failureOf(host, entry, error);
  }
}

/** A regular file in its device's place is what keeps the module from working later. */
function refuseModule({ path }: SharedMemoryFile): void {
  if (!path.startsWith('/dev/kvmfr')) return;
  throw new HandglassError(
    'shm-failed',
    `${path} is made by the kvmfr module, not by Handglass.`,
    'Load the module; its option static_size_mb sets the size.',
  );
}

async function make(host: Host, entry: SharedMemoryFile, rights: Rights): Promise<string[]> {
  const file = await host.openFile(entry.path, 'create');
  try {
    await file.setSize(entry.bytes);
    await file.reserve(entry.bytes);
    await file.setOwner(rights.uid, rights.gid);
    await file.setMode(entry.mode);
  } catch (error) {
    await host.removeFile(entry.path);
    throw error;
  } finally {
    await file.close();
  }
  return [
    `size ${sizeText(entry.bytes)}, reserved`,
    `owner ${entry.owner}`,
    `group ${entry.group}`,
    `mode ${modeText(entry.mode)}`,
  ];
}

/** Opening some devices already does something: kinds are told apart before. */
function refuseOtherKinds(entry: SharedMemoryFile, facts: FileFacts): void {
  if (facts.kind === 'file') return;
  const kind = { folder: 'a folder', link: 'a symbolic link', other: 'a pipe, socket or device' };
  throw new HandglassError(
    'shm-failed',
    `${entry.path} is ${kind[facts.kind]}, not a regular file.`,
    'See who made it and remove it, or configure another path.',
  );
}

/** Harmless to who uses the file: neither its size nor its content changes. */
async function repair(host: Host, entry: SharedMemoryFile, rights: Rights): Promise<string[]> {
  const file = await host.openFile(entry.path, 'write');
  try {
    const facts = await file.facts();
    if (facts.kind !== 'file' || facts.size !== entry.bytes) throw changedMeanwhile(entry.path);
    return [
      ...(await repairMemory(entry, file, facts)),
      ...(await repairOwner(host, entry, rights, file, facts)),
      ...(await repairMode(entry, file, facts)),
    ];
  } finally {
    await file.close();
  }
}

/** Looks first, because reserving sets the file's times even where it has nothing to do. */
async function repairMemory(
  entry: SharedMemoryFile,
  file: OpenFile,
  { allocated }: FileFacts,
): Promise<string[]> {
  if (allocated >= entry.bytes) return [];
  await file.reserve(entry.bytes);
  return [`memory reserved, ${sizeText(entry.bytes - allocated)} were not`];
}

async function repairOwner(
  host: Host,
  entry: SharedMemoryFile,
  { uid, gid }: Rights,
  file: OpenFile,
  facts: FileFacts,
): Promise<string[]> {
  if (facts.uid === uid && facts.gid === gid) return [];
  await file.setOwner(uid, gid);
  const changes: string[] = [];
  if (facts.uid !== uid) {
    changes.push(`owner ${entry.owner}, was ${await userName(host, facts.uid)}`);
  }
  if (facts.gid !== gid) {
    changes.push(`group ${entry.group}, was ${await groupName(host, facts.gid)}`);
  }
  return changes;
}

async function repairMode(
  entry: SharedMemoryFile,
  file: OpenFile,
  facts: FileFacts,
): Promise<string[]> {
  if (facts.mode === entry.mode) return [];
  await file.setMode(entry.mode);
  return [`mode ${modeText(entry.mode)}, was ${modeText(facts.mode)}`];
}

async function replace(
  host: Host,
  entry: SharedMemoryFile,
  rights: Rights,
  found: FileFacts,
): Promise<string[]> {
  const { holders, complete } = await holdersOf(host, entry.path);
  const users = holders.filter(({ removed }) => !removed);
  if (users.length > 0) {
    throw new HandglassError(
      'shm-busy',
      `${entry.path} has ${sizeText(found.size)}, ${sizeText(entry.bytes)} are configured, ` +
        `and it is in use by ${holdersText(users)}.`,
      'Shut the virtual machine down, close the client, then run "handglass shm create".',
    );
  }
  if (!complete) {
    throw new HandglassError(
      'not-permitted',
      `Only root sees who uses ${entry.path}.`,
      'Run "handglass shm create" as root.',
    );
  }
  // Another run of this command may have replaced it while the processes were looked at.
  const current = await host.factsOf(entry.path);
  if (current.dev !== found.dev || current.ino !== found.ino) throw changedMeanwhile(entry.path);
  await host.removeFile(entry.path);
  const [size, ...rest] = await make(host, entry, rights);
  return [`${size}, was ${sizeText(found.size)}`, ...rest];
}
