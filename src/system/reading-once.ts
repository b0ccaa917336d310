import type { ReadFiles } from '../host/ports.ts';

/**
 * The same files for one look at the machine: what has been read, or could not be, is remembered by
 * its path, so that readers which know nothing of each other see one state and read nothing twice.
 */
export function readingOnce(host: ReadFiles): ReadFiles {
  return {
    readText: once((path) => host.readText(path)),
    listFolder: once((path) => host.listFolder(path)),
    readLink: once((path) => host.readLink(path)),
    realPath: once((path) => host.realPath(path)),
    factsOf: once((path) => host.factsOf(path)),
  };
}

function once<T>(read: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const reading = read(path);
    known.set(path, reading);
    return reading;
  };
}
