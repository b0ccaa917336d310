/** Tells of devices that come, go, or get their rights, without polling. */
import { dirname } from 'node:path';
import { isErrno } from '../errors.ts';
import type { ReadFiles, WatchFolder } from '../host/ports.ts';

const usbFolder = '/dev/bus/usb';
const inputFolders = ['/dev/input', '/dev/input/by-id'];

/**
 * Gives a function that watches the folders of device nodes which are there at that moment. It is
 * to be called after each change and before the devices are read, because folders come and go with
 * their devices.
 *
 * @param drives paths of optical drives, whose folders are watched too
 */
export function watchDevices(
  host: ReadFiles & WatchFolder,
  changed: () => void,
  signal: AbortSignal,
  drives: readonly string[] = [],
): () => Promise<void> {
  const watched = new Map<string, { ino: number; end: AbortController }>();

  async function watch(path: string): Promise<void> {
    const { ino } = await host.factsOf(path);
    const before = watched.get(path);
    if (before?.ino === ino) return;
    before?.end.abort();
    const end = new AbortController();
    host.watchFolder(path, changed, AbortSignal.any([signal, end.signal]));
    watched.set(path, { ino, end });
  }

  return async () => {
    const buses = await host.listFolder(usbFolder).catch(nothingIfAbsent);
    const usbFolders = [usbFolder, ...buses.map((bus) => `${usbFolder}/${bus}`)];
    const folders = new Set([
      ...inputFolders,
      ...usbFolders,
      ...drives.map((path) => dirname(path)),
    ]);
    for (const path of folders) await watch(path).catch(nothingIfAbsent);
  };
}

function nothingIfAbsent(error: unknown): string[] {
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
  throw error;
}
