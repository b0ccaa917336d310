import { expect, test } from 'vitest';
import { type DiskUse, usbDiskUses } from '../../src/system/usb-disks.ts';
import { addBlock, type Block, diskPlace, writeMounts } from './block.ts';
import { createSysfs } from './sysfs.ts';

const place = diskPlace('1-2');
const disk = { place, number: '8:0' };
const partition = { place: `${place}/block/sda`, number: '8:1' };

async function usesWith(facts: {
  blocks: Record<string, Block>;
  mounts?: string[];
  files?: Record<string, string>;
}) {
  const machine = await createSysfs();
  for (const [name, block] of Object.entries(facts.blocks)) await addBlock(machine, name, block);
  await writeMounts(machine, ...(facts.mounts ?? []));
  for (const [path, text] of Object.entries(facts.files ?? {})) await machine.write(path, text);
  return usbDiskUses(machine.host);
}

const root = '259:2 / ext4 /dev/nvme0n1p2';
const swaps = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
const pool = 'E:ID_FS_LABEL=tank\nE:ID_FS_TYPE=zfs_member\n';
const btrfs = '/sys/fs/btrfs/6e1f';

test.each<Parameters<typeof usesWith>[0] & { uses: DiskUse[]; reason: string }>([
  {
    blocks: { sda: disk },
    mounts: ['8:0 /mnt/stick vfat /dev/sda'],
    uses: [{ kind: 'mounted', node: '/dev/sda', places: ['/mnt/stick'] }],
    reason: 'a file system is on the whole disk',
  },
  {
    blocks: { sda: disk, sda1: partition },
    mounts: [root, '8:1 /mnt/a ext4 /dev/sda1', '8:1 /mnt/b ext4 /dev/root'],
    uses: [{ kind: 'mounted', node: '/dev/sda1', places: ['/mnt/a', '/mnt/b'] }],
    reason: 'a partition is mounted twice',
  },
  {
    blocks: { sda: disk },
    mounts: [String.raw`8:0 /mnt/my\040stick\134 vfat /dev/sda`],
    uses: [{ kind: 'mounted', node: '/dev/sda', places: ['/mnt/my stick\\'] }],
    reason: 'the place has a space and a backslash',
  },
  {
    blocks: { sda: disk, sda1: partition },
    files: { '/proc/swaps': `${swaps}/dev/sda1  partition\t1\t0\t-2\n` },
    uses: [{ kind: 'swap', node: '/dev/sda1' }],
    reason: 'a partition is swap space',
  },
  {
    blocks: {
      sda: disk,
      sda1: { ...partition, holders: ['dm-0'] },
      'dm-0': { number: '253:0', mapped: 'luks', holders: ['dm-1'] },
      'dm-1': { number: '253:1', mapped: 'host-root' },
    },
    mounts: ['253:1 / ext4 /dev/mapper/host-root'],
    uses: [
      { kind: 'mounted', node: '/dev/mapper/host-root', places: ['/'] },
      { kind: 'member', node: '/dev/mapper/luks', of: '/dev/mapper/host-root' },
      { kind: 'member', node: '/dev/sda1', of: '/dev/mapper/luks' },
    ],
    reason: 'the root of the host is on a volume of a container of it',
  },
  {
    blocks: { sda: { ...disk, holders: ['md127'] }, md127: { number: '9:127' } },
    files: { '/proc/swaps': `${swaps}/dev/md127 partition\t1\t0\t-2\n` },
    uses: [
      { kind: 'swap', node: '/dev/md127' },
      { kind: 'member', node: '/dev/sda', of: '/dev/md127' },
    ],
    reason: 'it is in an array',
  },
  {
    blocks: { sda: disk, 'dm-0': { number: '253:0', mapped: 'other' } },
    mounts: ['0:42 /data btrfs /dev/mapper/other', '0:43 /other btrfs /dev/nvme0n1p2'],
    files: { [`${btrfs}/devices/sda`]: '', [`${btrfs}/devices/dm-0`]: '' },
    uses: [{ kind: 'mounted', node: '/dev/sda', places: ['/data'] }],
    reason: 'a Btrfs names its other device',
  },
  {
    blocks: { sda: disk },
    mounts: ['0:42 / btrfs /dev/root'],
    files: { [`${btrfs}/devices/sda`]: '' },
    uses: [{ kind: 'btrfs', node: '/dev/sda', uuid: '6e1f' }],
    reason: 'a Btrfs does not say where it is',
  },
  {
    blocks: { sda: disk },
    files: { '/run/udev/data/b8:0': pool, '/proc/spl/kstat/zfs/tank/state': 'ONLINE\n' },
    uses: [{ kind: 'zfs', node: '/dev/sda', pool: 'tank' }],
    reason: 'it is in a pool that is imported',
  },
])('a disk is in use when $reason', async ({ uses, ...facts }) => {
  expect(await usesWith(facts)).toEqual(new Map([['1-2', uses]]));
});

test.each<Parameters<typeof usesWith>[0] & { reason: string }>([
  { blocks: {}, reason: 'there is none' },
  { blocks: { sda: disk, sda1: partition }, mounts: [root], reason: 'another one is mounted' },
  {
    blocks: { sda: { place: 'pci0000:00/ata1', number: '8:0' } },
    mounts: ['8:0 / ext4 /dev/sda'],
    reason: 'the one that is mounted is not on USB',
  },
  {
    blocks: { sda: disk },
    files: { '/run/udev/data/b8:0': pool, '/proc/spl/kstat/zfs/other/state': 'ONLINE\n' },
    reason: 'its pool is not imported',
  },
  {
    blocks: { sda: disk },
    files: { '/run/udev/data/b8:0': 'E:ID_FS_LABEL=tank\nE:ID_FS_TYPE=vfat\n' },
    reason: 'udev knows a file system that is not mounted',
  },
])('no disk is in use when $reason', async (facts) => {
  expect(await usesWith(facts)).toEqual(new Map());
});

test("the service's own mounts count where init's are hidden", async () => {
  const machine = await createSysfs();
  await addBlock(machine, 'sda', disk);
  await machine.write('/proc/self/mountinfo', '30 1 8:0 / /mnt rw - vfat /dev/sda rw\n');
  const uses = [{ kind: 'mounted', node: '/dev/sda', places: ['/mnt'] }];
  expect(await usbDiskUses(machine.host)).toEqual(new Map([['1-2', uses]]));
});

test('a disk that goes while it is read is in no use', async () => {
  const machine = await createSysfs();
  await addBlock(machine, 'sda', disk);
  await writeMounts(machine);
  await machine.remove(`/sys/devices/${place}/block/sda`);
  expect(await usbDiskUses(machine.host)).toEqual(new Map());
});
