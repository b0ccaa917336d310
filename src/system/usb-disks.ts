/**
 * What the host would lose with a disk, on USB or not. All of it is read from files that anybody may read: a
 * look into the disk itself would take the group `disk`, which is as good as root.
 */
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn, optionalAttribute, unlessGone } from './attributes.ts';
import { printable } from '../printable.ts';
import { usbPortIn } from './usb.ts';

/** `node` is a disk, a partition, or what has been made of these. */
export type DiskUse =
  | { kind: 'mounted'; node: string; places: string[] }
  | { kind: 'swap'; node: string }
  /** Of a volume (LVM, LUKS, RAID), by its node. */
  | { kind: 'member'; node: string; of: string }
  | { kind: 'btrfs'; node: string; uuid: string }
  | { kind: 'zfs'; node: string; pool: string };

const blockFolder = '/sys/class/block';

/** How USB disks are used, by the port; those that are not are left out. */
export function usbDiskUses(host: ReadFiles): Promise<Map<string, DiskUse[]>> {
  return diskUsesBy(host, async (place) => usbPortIn(place));
}

/**
 * How disks are used, by what a disk's place in sysfs (`../../devices/…/block/sda/sda1`) is told to
 * belong to; those that are not used, and those that belong to nothing (null), are left out.
 */
export async function diskUsesBy(
  host: ReadFiles,
  ownerOf: (place: string) => Promise<string | null>,
): Promise<Map<string, DiskUse[]>> {
  const disks = await ownedBlockDevices(host, ownerOf);
  if (disks.length === 0) return new Map();
  const users = await readUsers(host);
  const found = await Promise.all(
    disks.map(async ({ name, owner }) => {
      const uses = (await unlessGone(usesOf(host, name, users))) ?? [];
      return uses.map((use) => ({ owner, use }));
    }),
  );
  const byOwner = Map.groupBy(found.flat(), ({ owner }) => owner);
  return new Map([...byOwner].map(([owner, own]) => [owner, own.map(({ use }) => use)]));
}

/** How one disk is used, on USB or not, by the kernel's name for it. */
export async function diskUses(host: ReadFiles, name: string): Promise<DiskUse[]> {
  return usesOf(host, name, await readUsers(host));
}

/**
 * How a block device and the partitions on it are used, by any path that leads to its node; none where
 * it is no block device.
 */
export async function blockUses(host: ReadFiles, path: string): Promise<DiskUse[]> {
  const name = (await host.realPath(path)).slice('/dev/'.length).replaceAll('/', '!');
  const disks = await ownedBlockDevices(host, async (place) =>
    place.split('/').includes(name) ? name : null,
  );
  const users = await readUsers(host);
  return (await Promise.all(disks.map((disk) => usesOf(host, disk.name, users)))).flat();
}

/**
 * Every mount as init sees it: the service has a namespace of its own, where not all are to be seen.
 * See proc_pid_mountinfo(5).
 */
export function readMountinfo(host: ReadFiles): Promise<string> {
  const ofInit = host.readText('/proc/1/mountinfo');
  // A machine may hide others' processes.
  return ofInit.catch(() => host.readText('/proc/self/mountinfo'));
}

/** `sda` and `sda1`, both of which lead to the disk's place on its bus. */
async function ownedBlockDevices(
  host: ReadFiles,
  ownerOf: (place: string) => Promise<string | null>,
): Promise<{ name: string; owner: string }[]> {
  const names = await namesIn(host, blockFolder);
  const found = await Promise.all(
    names.map(async (name) => {
      const place = await unlessGone(host.readLink(`${blockFolder}/${name}`));
      const owner = place === null ? null : await ownerOf(place);
      return owner === null ? [] : [{ name, owner }];
    }),
  );
  return found.flat();
}

/** Those who use block devices, of the whole machine. */
interface Users {
  mounts: Mount[];
  /** Nodes, by the kernel's names. */
  swaps: Set<string>;
  /** By the kernel's names of their devices. */
  btrfs: Map<string, { uuid: string; places: string[] }>;
  zfsPools: Set<string>;
}

interface Mount {
  /** `8:1`. */
  number: string;
  place: string;
  type: string;
  source: string;
}

async function readUsers(host: ReadFiles): Promise<Users> {
  // A seat that is given waits for this.
  const [mountinfo, swaps, pools] = await Promise.all([
    readMountinfo(host),
    optionalAttribute(host, '/proc/swaps'),
    // Beside the folders of imported pools lie files of other names.
    namesIn(host, '/proc/spl/kstat/zfs'),
  ]);
  const mounts = mountinfo.split('\n').filter(Boolean).map(mountFrom);
  return {
    mounts,
    swaps: new Set(swaps.split('\n').map((line) => line.split(/\s/)[0] ?? '')),
    btrfs: await btrfsDevices(host, mounts),
    zfsPools: new Set(pools),
  };
}

/**
 * A line of mountinfo, with any number of fields before the dash:
 *
 *     36 35 8:1 / /mnt/my\040stick rw,noatime shared:1 - ext4 /dev/sda1 rw
 */
function mountFrom(line: string): Mount {
  const [before = '', after = ''] = line.split(' - ');
  const [, , number = '', , place = ''] = before.split(' ');
  const [type = '', source = ''] = after.split(' ').map(unescaped);
  return { number, place: printable(unescaped(place)), type, source };
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}

/** A Btrfs may be on several devices, and its mounts have a number that is none of theirs. */
async function btrfsDevices(host: ReadFiles, mounts: readonly Mount[]): Promise<Users['btrfs']> {
  const found: Users['btrfs'] = new Map();
  for (const uuid of await namesIn(host, '/sys/fs/btrfs')) {
    const devices = await namesIn(host, `/sys/fs/btrfs/${uuid}/devices`);
    const nodes = await Promise.all(devices.map((name) => nodeOf(host, name)));
    const places = mounts
      .filter(({ type, source }) => type === 'btrfs' && nodes.includes(source))
      .map(({ place }) => place);
    for (const name of devices) found.set(name, { uuid, places });
  }
  return found;
}

/** In the order in which they would have to end. */
async function usesOf(
  host: ReadFiles,
  name: string,
  users: Users,
  seen: Set<string> = new Set([name]),
): Promise<DiskUse[]> {
  const [node, number, holders] = await Promise.all([
    nodeOf(host, name),
    attribute(host, `${blockFolder}/${name}/dev`),
    namesIn(host, `${blockFolder}/${name}/holders`),
  ]);
  const btrfs = users.btrfs.get(name);
  const places = [
    ...users.mounts.filter((mount) => mount.number === number).map(({ place }) => place),
    ...(btrfs?.places ?? []),
  ];
  const pool = await zfsPoolOf(host, number);
  const uses: DiskUse[] = [];
  if (places.length > 0) uses.push({ kind: 'mounted', node, places: [...new Set(places)] });
  else if (btrfs !== undefined) uses.push({ kind: 'btrfs', node, uuid: btrfs.uuid });
  if (users.swaps.has(kernelNode(name))) uses.push({ kind: 'swap', node });
  if (pool !== null && users.zfsPools.has(pool)) uses.push({ kind: 'zfs', node, pool });
  for (const holder of holders) {
    // Several ways may lead to one holder, and a holder of itself would have no end.
    if (!seen.has(holder)) {
      seen.add(holder);
      uses.push(...(await usesOf(host, holder, users, seen)));
    }
    uses.push({ kind: 'member', node, of: await nodeOf(host, holder) });
  }
  return uses;
}

/** What the device mapper makes goes by a name of its own. */
async function nodeOf(host: ReadFiles, name: string): Promise<string> {
  const mapped = await optionalAttribute(host, `${blockFolder}/${name}/dm/name`);
  return mapped === '' ? kernelNode(name) : `/dev/mapper/${mapped}`;
}

function kernelNode(name: string): string {
  return `/dev/${name.replaceAll('!', '/')}`;
}

/** ZFS holds its devices without a trace in sysfs; udev has read what is on them. */
async function zfsPoolOf(host: ReadFiles, number: string): Promise<string | null> {
  const known = await optionalAttribute(host, `/run/udev/data/b${number}`);
  if (!/^E:ID_FS_TYPE=zfs_member$/m.test(known)) return null;
  return /^E:ID_FS_LABEL=(.+)$/m.exec(known)?.[1] ?? null;
}
