/** What the installation of this service has left on the machine, and its rights. */
import type { FileFacts, ReadFiles, Run } from '../host/ports.ts';
import { groupName } from './accounts.ts';
import { namesIn, unlessGone } from './attributes.ts';
import { type Unread, unlessUnread } from './unread.ts';

/** With the name of its group. */
export type GroupFile = FileFacts & { group: string };

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface ServiceParts {
  hasUnits: boolean | null;
  hasUdevRules: boolean | null;
  /** Whether its socket is there: it runs, or was killed. */
  hasSocket: boolean | null;
  /** Whether systemd runs it, and so keeps what it has open while it is started anew. */
  isUnderSystemd: boolean | null;
  /** Whether logind leaves shared memory alone when its owner logs out. */
  keepsSharedMemory: boolean | null;
  uinput: GroupFile | 'absent' | null;
  driversProbe: GroupFile | 'absent' | null;
  /** Names in /dev/input/by-handglass. */
  proxies: string[] | null;
  /** Lines of tmpfiles.d that make files of Looking Glass. */
  temporaryFiles: { file: string; path: string }[] | null;
  unread: Unread;
}

export async function readServiceParts(host: ReadFiles & Run): Promise<ServiceParts> {
  const unread: Unread = {};
  const fact = <T>(name: string, reading: () => T | Promise<T>) =>
    unlessUnread(unread, name, reading);
  const isThere = async (...paths: string[]) => {
    for (const path of paths) if ((await factsAt(host, path)) !== 'absent') return true;
    return false;
  };
  return {
    hasUnits: await fact('hasUnits', () =>
      isThere('/etc/systemd/system/handglass.service', '/usr/lib/systemd/system/handglass.service'),
    ),
    hasUdevRules: await fact('hasUdevRules', () =>
      isThere(
        '/usr/lib/udev/rules.d/65-handglass.rules',
        '/etc/udev/rules.d/65-handglass.rules',
        '/lib/udev/rules.d/65-handglass.rules',
      ),
    ),
    hasSocket: await fact('hasSocket', () => isThere('/run/handglass/handglass.sock')),
    isUnderSystemd: await fact('isUnderSystemd', () =>
      isThere(
        '/sys/fs/cgroup/system.slice/handglass.service',
        '/sys/fs/cgroup/systemd/system.slice/handglass.service',
      ),
    ),
    keepsSharedMemory: await fact('keepsSharedMemory', () => keepsSharedMemory(host)),
    uinput: await fact('uinput', () => groupFileAt(host, '/dev/uinput')),
    driversProbe: await fact('driversProbe', () => groupFileAt(host, '/sys/bus/usb/drivers_probe')),
    proxies: await fact('proxies', () => namesIn(host, '/dev/input/by-handglass')),
    temporaryFiles: await fact('temporaryFiles', () => temporaryFiles(host)),
    unread,
  };
}

async function groupFileAt(host: ReadFiles & Run, path: string): Promise<GroupFile | 'absent'> {
  const facts = await factsAt(host, path);
  return facts === 'absent' ? facts : { ...facts, group: await groupName(host, facts.gid) };
}

async function factsAt(host: ReadFiles, path: string): Promise<FileFacts | 'absent'> {
  return (await unlessGone(host.factsOf(path))) ?? 'absent';
}

/** The last word counts: drop-ins come after the file, by name. */
async function keepsSharedMemory(host: ReadFiles): Promise<boolean> {
  let keeps = false;
  for (const { text } of await configTexts(host, 'logind.conf', 'logind.conf.d')) {
    const said = [...text.matchAll(/^[ \t]*RemoveIPC[ \t]*=[ \t]*(\S+)/gm)].at(-1)?.[1];
    if (said !== undefined) keeps = /^(no|false|off|0)$/i.test(said);
  }
  return keeps;
}

async function configTexts(host: ReadFiles, file: string, folder: string) {
  const places = ['/usr/lib/systemd', '/run/systemd', '/etc/systemd'];
  const dropIns = new Map<string, string>();
  for (const place of places) {
    for (const name of await namesIn(host, `${place}/${folder}`)) {
      if (name.endsWith('.conf')) dropIns.set(name, `${place}/${folder}/${name}`);
    }
  }
  const sorted = [...dropIns].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return textsOf(host, [`/etc/systemd/${file}`, ...sorted.map(([, path]) => path)]);
}

async function textsOf(host: ReadFiles, files: readonly string[]) {
  return Promise.all(
    files.map(async (path) => ({ path, text: (await unlessGone(host.readText(path))) ?? '' })),
  );
}

/** Lines `f /dev/shm/looking-glass 0660 alice kvm -`. */
async function temporaryFiles(host: ReadFiles): Promise<{ file: string; path: string }[]> {
  const folder = '/etc/tmpfiles.d';
  const names = (await namesIn(host, folder)).filter((name) => name.endsWith('.conf'));
  const texts = await textsOf(
    host,
    names.map((name) => `${folder}/${name}`),
  );
  return texts.flatMap(({ path: file, text }) =>
    [...text.matchAll(/^[ \t]*[fF][+!\-=~^$]*[ \t]+"?(\/dev\/shm\/[^\s"]+)/gm)].map(
      ([, path = '']) => ({
        file,
        path,
      }),
    ),
  );
}
