import { HandglassError } from '../errors.ts';
import type { Run } from '../host/ports.ts';

/**
 * The user's id, asked of every source that the machine knows (NSS). `config` when there is no such
 * user: names of accounts come from the configuration.
 */
export async function userId(host: Run, name: string): Promise<number> {
  const entry = await entryOf(host, 'passwd', name);
  if (entry === null) {
    throw new HandglassError(
      'config',
      `There is no user "${name}" on this machine.`,
      'Name one that "getent passwd" lists, or create it.',
    );
  }
  return entry.id;
}

/** The group's id, likewise. */
export async function groupId(host: Run, name: string): Promise<number> {
  const entry = await entryOf(host, 'group', name);
  if (entry === null) {
    throw new HandglassError(
      'config',
      `There is no group "${name}" on this machine.`,
      'Name one that "getent group" lists, or create it.',
    );
  }
  return entry.id;
}

/** The user's name; the number itself where nobody has it. */
export async function userName(host: Run, uid: number): Promise<string> {
  return (await entryOf(host, 'passwd', String(uid)))?.name ?? String(uid);
}

/** The group's name, likewise. */
export async function groupName(host: Run, gid: number): Promise<string> {
  return (await entryOf(host, 'group', String(gid)))?.name ?? String(gid);
}

/** Lines of both databases start `name:password:id:`. Keys of digits alone are ids to getent. */
async function entryOf(
  host: Run,
  database: 'passwd' | 'group',
  key: string,
): Promise<{ name: string; id: number } | null> {
  const { stdout } = await host.run('getent', [database, '--', key]);
  const match = /^([^:\n]+):[^:\n]*:(\d+):/.exec(stdout);
  return match === null ? null : { name: match[1] ?? key, id: Number(match[2]) };
}
