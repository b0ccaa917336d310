import type { ReadFiles } from '../../src/host/ports.ts';

/** The same files, which tell of each look at one before it. */
export function telling<Host extends ReadFiles>(
  host: Host,
  tell: (how: keyof ReadFiles, path: string) => void,
): Host {
  const told = <K extends keyof ReadFiles>(how: K, look: ReadFiles[K]) => {
    return ((path: string) => {
      tell(how, path);
      return look(path);
    }) as ReadFiles[K];
  };
  return {
    ...host,
    readText: told('readText', (path) => host.readText(path)),
    listFolder: told('listFolder', (path) => host.listFolder(path)),
    readLink: told('readLink', (path) => host.readLink(path)),
    realPath: told('realPath', (path) => host.realPath(path)),
    factsOf: told('factsOf', (path) => host.factsOf(path)),
  };
}
