import { isErrno } from '../errors.ts';
import type { ReadFiles, Run } from '../host/ports.ts';
import { groupName } from './accounts.ts';

/**
 * The paths among these that a member of the group, as the service is, has no right to read. One
 * that has gone counts as readable.
 */
export async function unreadablePaths(
  host: ReadFiles & Run,
  paths: readonly string[],
  group = 'input',
): Promise<Set<string>> {
  const found = await Promise.all(
    paths.map(async (path) => ({ path, facts: await factsAt(host, path) })),
  );
  // Mostly there is one group; asking for its name starts a program.
  const gids = new Set(found.flatMap(({ facts }) => (facts === null ? [] : [facts.gid])));
  const groups = new Map<number, string>();
  for (const gid of gids) groups.set(gid, await groupName(host, gid));
  const unreadable = found.filter(
    ({ facts }) =>
      facts !== null && ((facts.mode & 0o040) === 0 || groups.get(facts.gid) !== group),
  );
  return new Set(unreadable.map(({ path }) => path));
}

async function factsAt(host: ReadFiles, path: string) {
  try {
    return await host.factsOf(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}
