/** What in an archive would tell whose machine it is from, beside what its form alone gives away. */
import type { ReadFiles } from '../host/ports.ts';
import { namesIn, optionalAttribute } from '../system/attributes.ts';
import { boundedMap } from '../system/bounded.ts';
import type { Answers, Recorded } from './archive.ts';

export interface Original {
  kind: 'user' | 'host' | 'person' | 'serial';
  text: string;
}

/**
 * Names and numbers of this machine, so that they are known wherever they turn up. Most of them no check
 * asks for, and none of them goes into the archive. Never fails.
 */
export async function originalsOf(host: ReadFiles): Promise<Original[]> {
  const text = (path: string) => optionalAttribute(host, path).catch(() => '');
  const names = async (path: string) => namesIn(host, path).catch(() => []);
  const hostNames = [await text('/proc/sys/kernel/hostname'), await text('/etc/hostname')];
  const disks = (await names('/sys/class/block')).map((name) => `/sys/class/block/${name}`);
  const nvme = (await names('/sys/class/nvme')).map((name) => `/sys/class/nvme/${name}/serial`);
  const files = [
    ...['product', 'board', 'chassis'].map((part) => `/sys/class/dmi/id/${part}_serial`),
    ...['board', 'chassis'].map((part) => `/sys/class/dmi/id/${part}_asset_tag`),
    ...disks.flatMap((disk) => [`${disk}/serial`, `${disk}/device/serial`]),
    ...nvme,
  ];
  const serials = await boundedMap(files, 8, text);
  return distinct([
    ...(await text('/etc/passwd')).split('\n').flatMap(accountIn),
    ...(await text('/etc/group')).split('\n').flatMap(groupIn),
    ...hostNames.flatMap(hostFrom),
    ...serials.map((serial) => ({ kind: 'serial' as const, text: serial })),
  ]);
}

/** The same from what was recorded. */
export function originalsIn(recorded: Recorded): Original[] {
  const texts = Object.entries(recorded.texts).flatMap(([path, answer]) =>
    'is' in answer ? [{ path, text: answer.is }] : [],
  );
  const printed = [...valuesIn(recorded.programs)].map(({ stdout }) => stdout);
  const xml = [...valuesIn(recorded.virsh)];
  const paths = Object.values(recorded).flatMap((answers) => Object.keys(answers));
  const links = ['links', 'realPaths'] as const;
  const everything = [
    ...texts.filter(({ path }) => !isPublic(path)).map(({ text }) => text),
    ...printed,
    ...xml,
    ...paths,
    ...links.flatMap((name) => [...valuesIn(recorded[name])]),
    ...[...valuesIn(recorded.folders)].flat(),
  ];
  return distinct([
    ...texts
      .filter(({ path }) => path.endsWith('/serial'))
      .map(({ text }) => ({ kind: 'serial' as const, text: text.trim() })),
    ...everything.flatMap(wherever),
    ...printed.flatMap((text) => text.split('\n').flatMap((line) => [...accountIn(line)])),
    ...printed.flatMap((text) =>
      [...text.matchAll(/(\d+)\(([^)\s]+)\)/g)].flatMap(([, id = '', name = '']) =>
        person(id, name),
      ),
    ),
  ]);
}

/** What comes with the kernel and the distribution is the same on many machines. */
export function isPublic(path: string): boolean {
  return /^(\/usr|\/run\/booted-system\/kernel-modules)?\/lib\/modules\/[^/]+\/modules\.|^\/usr\/share\/(hwdata|misc)\/pci\.ids$/.test(
    path,
  );
}

/** What stands between these is a name or a serial number, whatever the text is about. */
const places: readonly [RegExp, Original['kind']][] = [
  [/\/(?:home|media|run\/media|var\/home)\/([^/\s'"<>\\:,;()]+)/g, 'user'],
  [/^[ \t]*owner[ \t]*=[ \t]*["']([^"'\n]+)["']/gm, 'user'],
  [/\b([a-z_][\w-]*)@[\w.-]+(?::\/|\/system|\/session)/g, 'user'],
  [/\b[a-z_][\w-]*@([\w.-]+)(?=:\/|\/system|\/session)/g, 'host'],
  [/ - (?:nfs4?|ceph|fuse\.sshfs) (?:[\w.-]+@)?([\w.-]+):/g, 'host'],
  [/ - (?:cifs|smb3) \/\/([\w.-]+)\//g, 'host'],
  // Options of cifs, and who sshfs calls as, with or without a folder behind the colon.
  [/,username=([^,\s]+)/g, 'user'],
  [/,domain=([^,\s]+)/g, 'host'],
  [/ - fuse\.sshfs ([^@\s]+)@/g, 'user'],
  // WebDAV, rclone and the like.
  [/ - \S+ \w+:\/\/(?:[^@/\s]+@)?([\w.-]+)/g, 'host'],
  [/<host name='([^']+)'/g, 'host'],
  [/systemd\.hostname=(\S+)/g, 'host'],
  [/<(?:title|description)>([^<]+)</g, 'person'],
  [/<serial>([^<]+)</g, 'serial'],
  // Of `-smbios` and disks among a domain's arguments.
  [/,(?:serial|asset|sku)=([^,'"<&\s]+)/g, 'serial'],
  [/<entry name='(?:serial|asset|sku)'>([^<]+)</g, 'serial'],
  [/\b(?:passwd|password)=["']?([^"',\s]+)/g, 'serial'],
  [/\bserial\s*=\s*["']([^"'\n]+)["']/g, 'serial'],
  [
    /^E:\w*(?:SERIAL_SHORT|SERIAL_NUMBER|UNIT_SERIAL|WWN\w*|PART_ENTRY_UUID|PART_TABLE_UUID)=(\S+)$/gm,
    'serial',
  ],
  [/\bLVM-([\dA-Za-z]{32,64})\b/g, 'serial'],
  [
    /by-id\/(?:ata|scsi|nvme|mmc)-[^\s'"<>/]*?_([^\s'"<>/_]+?)(?:_\d+)?(?:-part\d+)?(?=[\s'"<>]|$)/g,
    'serial',
  ],
  [/by-id\/(?:wwn-0x|scsi-\d|nvme-eui\.)([\da-f]{16,})/g, 'serial'],
  [
    /\busb-[\w.:+-]*_((?=(?:\D*\d){3})[\dA-Za-z.]{6,}?)(?:-\d+:\d+)?(?=-(?:event|if\d|mouse|video|joystick|part\d))/g,
    'serial',
  ],
  [/by-(?:part)?uuid\/([\dA-Fa-f-]{8,})/g, 'serial'],
  [/\b(?:PART)?UUID=["']?([\dA-Fa-f-]{8,})/g, 'serial'],
];

function wherever(text: string): Original[] {
  return places.flatMap(([pattern, kind]) =>
    [...text.matchAll(pattern)].flatMap(([, found = '']) =>
      kind === 'host' ? hostFrom(found) : [{ kind, text: found.trim() }],
    ),
  );
}

/** A line of passwd: `alice:x:1000:1000:Alice Liddell,,,:/home/alice:/bin/sh`. */
function accountIn(line: string): Original[] {
  const parts = line.split(':');
  const [name = '', , id = '', , words = '', home = ''] = parts;
  if (parts.length < 7 || !home.startsWith('/')) return [];
  const isPerson = person(id, name).length > 0 || /^(\/var)?\/home\//.test(home);
  if (!isPerson) return [];
  const folder = home.split('/').at(-1) ?? '';
  return [
    { kind: 'user', text: name },
    { kind: 'user', text: folder },
    ...words
      .split(',')
      .flatMap((text) => [text.trim(), ...text.split(/\s+/).filter((word) => word.length > 2)])
      .map((text) => ({ kind: 'person' as const, text })),
  ];
}

function groupIn(line: string): Original[] {
  const [name = '', , id = ''] = line.split(':');
  return person(id, name);
}

/** Ids that people get, by hand, from systemd-homed or from a directory; those of services stay. */
function person(id: string, name: string): Original[] {
  const number = Number(id);
  const isPerson = (number >= 1000 && number <= 60_513) || number > 65_535;
  return isPerson ? [{ kind: 'user', text: name }] : [];
}

function hostFrom(name: string): Original[] {
  const [first = '', ...rest] = name.split('.');
  return [name, first, rest.length > 1 ? rest.join('.') : ''].map((text) => ({
    kind: 'host',
    text,
  }));
}

function distinct(all: readonly Original[]): Original[] {
  const seen = new Map(all.map((each) => [each.text, each]));
  return [...seen.values()].filter(({ text }) => text !== '' && !/^(0x)?[0 .-]*$/.test(text));
}

function* valuesIn<T>(answers: Answers<T>): Generator<T> {
  for (const answer of Object.values(answers)) if ('is' in answer) yield answer.is;
}
