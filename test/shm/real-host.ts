import { userInfo } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { filesUnder } from '../../src/host/files.ts';
import { native } from '../../src/host/native.ts';
import { processes } from '../../src/host/processes.ts';
import type { SharedMemoryFile } from '../../src/shm/file.ts';
import { groupName } from '../../src/system/accounts.ts';

/** With the addon: what these tests show of reserving is shown of the real system call. */
export const realHost = {
  ...filesUnder('/', (fd, bytes) => native.reserve(fd, bytes)),
  ...processes,
};

/** A folder of memory, where shared-memory files really lie; gone with `await using`. */
export async function memoryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp('/dev/shm/handglass-test-');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const { uid, gid, username } = userInfo();

/** A file of 1 MiB that whoever runs the tests may make; root gives it to somebody else. */
export async function fileIn(folder: { path: string }): Promise<SharedMemoryFile> {
  return {
    path: `${folder.path}/looking-glass`,
    bytes: 2 ** 20,
    owner: uid === 0 ? 'nobody' : username,
    group: uid === 0 ? await groupName(processes, 65_534) : await groupName(processes, gid),
    mode: 0o660,
  };
}
