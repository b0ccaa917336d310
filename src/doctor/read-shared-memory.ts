import type { LookingGlass } from '../config/schema.ts';
import { HandglassError } from '../errors.ts';
import type { ReadFiles, Run } from '../host/ports.ts';
import { bytesPerMib, sharedMemoryMib } from '../shm/size.ts';
import { groupId, userId } from '../system/accounts.ts';
import { unlessGone } from '../system/attributes.ts';
import { type Unread, unlessUnread } from '../system/unread.ts';
import type { SharedMemory } from './facts.ts';

/** Never fails, as no reader of facts does. */
export async function readSharedMemory(
  host: ReadFiles & Run,
  entries: readonly LookingGlass[],
): Promise<SharedMemory[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const unread: Unread = {};
      return {
        entry,
        bytes: sharedMemoryMib(entry) * bytesPerMib,
        uid: await unlessUnread(unread, 'uid', () => idOf(userId(host, entry.owner))),
        gid: await unlessUnread(unread, 'gid', () => idOf(groupId(host, entry.group))),
        found: await unlessUnread(
          unread,
          'found',
          async () => (await unlessGone(host.factsOf(entry.path))) ?? 'absent',
        ),
        unread,
      };
    }),
  );
}

async function idOf(looking: Promise<number>): Promise<number | 'absent'> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof HandglassError && error.code === 'config') return 'absent';
    throw error;
  }
}
