import { isErrno } from '../errors.ts';
import type { FileFacts, ReadFiles } from '../host/ports.ts';

/** What lies at the path itself, no link followed; null where nothing does. */
export async function factsAt(host: ReadFiles, path: string): Promise<FileFacts | null> {
  try {
    return await host.factsOf(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}
