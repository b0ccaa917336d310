import { expect, test } from 'vitest';
import type { UsbSelector } from '../../src/config/selectors.ts';
import type { UsbPorts } from '../../src/domain/usb-hostdev.ts';
import { usbDiskUses } from '../../src/system/usb-disks.ts';
import { refusalsOf, type UsbUses } from '../../src/usb/refusals.ts';
import { addBlock, type Block, diskPlace, writeMounts } from '../system/block.ts';
import { giveFrom, heldMouse, heldPad, heldStick, mouse, start } from './desk.ts';

const sources: UsbUses['sources'] = new Map([
  ['1-1', { seat: 'sofa', selector: '{ name = "Mou*" }' }],
]);

/** A desk with a hub and a disk as well, whose refusals are those of the machine. */
async function desk(facts: { sources?: UsbUses['sources']; blocks?: Record<string, Block> } = {}) {
  const machine = await start();
  await machine.plugUsb({ port: '1-2', device: 4, model: 'Hub', deviceClass: '09' });
  await machine.plugUsb({
    port: '1-4',
    device: 5,
    serial: 'DISK',
    model: 'Disk',
    interfaces: [{ class: '08' }],
  });
  for (const [name, block] of Object.entries(facts.blocks ?? {})) {
    await addBlock(machine, name, block);
  }
  const uses = async () => ({
    disks: await usbDiskUses(machine.host),
    sources: facts.sources ?? new Map<string, never>(),
  });
  return {
    ...machine,
    give: (...selectors: UsbSelector[]) =>
      giveFrom(machine.look, machine.hostdevs, selectors, async () => {
        const now = await uses();
        return {
          sources: now.sources,
          refusalsOf: (devices) => devices.flatMap((device) => refusalsOf(device, now)),
        };
      }),
  };
}

const disk = { serial: 'DISK' };
const place = diskPlace('1-4');
const sda = { place, number: '8:0' };

test('a hub is refused, and the way to what is below it told', async () => {
  const { give, hostdevs } = await desk();
  await expect(give(mouse, { port: '1-2' })).rejects.toMatchObject({
    code: 'device-refused',
    message:
      'The USB devices cannot go to win10. Hub (port 1-2): it is a hub, and all that is plugged in below it would vanish. What is plugged in below it goes by { hub = "1-2" }.',
  });
  expect(hostdevs.calls).toEqual([]);
});

test.each<{ blocks: Record<string, Block>; mounts: string[]; told: string; reason: string }>([
  {
    blocks: { sda },
    mounts: ['8:0 /mnt/stick vfat /dev/sda'],
    told: '/dev/sda is mounted on /mnt/stick. Say `sudo umount /mnt/stick`.',
    reason: 'is mounted',
  },
  {
    blocks: { sda, sda1: { place: `${place}/block/sda`, number: '8:1' } },
    mounts: [
      String.raw`8:0 /mnt/it's\040a ext4 /dev/sda`,
      '8:1 /mnt/b ext4 /dev/sda1',
      '8:1 /mnt/c ext4 /dev/sda1',
    ],
    told: String.raw`/dev/sda is mounted on /mnt/it's a, /dev/sda1 is mounted on /mnt/b and /mnt/c. Say ${'`'}sudo umount '/mnt/it'\''s a'${'`'}. Say ${'`'}sudo umount /mnt/b /mnt/c${'`'}.`,
    reason: 'is mounted in several places',
  },
  {
    blocks: { sda },
    mounts: ['8:0 / ext4 /dev/sda'],
    told: '/dev/sda is mounted on /. The host runs from /dev/sda: take that device out of the `usb` list.',
    reason: 'is what the host runs from',
  },
  {
    blocks: {
      sda: { ...sda, holders: ['dm-0', 'md0'] },
      'dm-0': { number: '253:0', mapped: 'vault' },
      md0: { number: '9:0', holders: ['dm-0'] },
    },
    mounts: [],
    told: '/dev/sda is a part of /dev/mapper/vault, /dev/md0 is a part of /dev/mapper/vault, /dev/sda is a part of /dev/md0. Close /dev/mapper/vault with what made it: `sudo cryptsetup close`, `sudo vgchange --activate n` or `sudo mdadm --stop`. Close /dev/md0 with what made it: `sudo cryptsetup close`, `sudo vgchange --activate n` or `sudo mdadm --stop`.',
    reason: 'has volumes made of it',
  },
])('a disk is refused that $reason', async ({ blocks, mounts, told }) => {
  const machine = await desk({ blocks });
  await writeMounts(machine, ...mounts);
  await expect(machine.give(mouse, disk)).rejects.toMatchObject({
    code: 'device-refused',
    message: `The USB devices cannot go to win10. Disk (port 1-4): ${told}`,
  });
  expect(machine.hostdevs.calls).toEqual([]);
});

test.each([
  {
    path: '/proc/swaps',
    text: '/dev/sda partition 1 0 -2\n',
    told: '/dev/sda is swap space. Say `sudo swapoff /dev/sda`.',
  },
  {
    path: '/sys/fs/btrfs/6e1f/devices/sda',
    text: '',
    told: '/dev/sda is a part of the Btrfs 6e1f, which is mounted. `findmnt --types btrfs` shows where: say `sudo umount` of that.',
  },
])('a disk is refused of which $path tells', async ({ path, text, told }) => {
  const machine = await desk({ blocks: { sda } });
  await writeMounts(machine);
  await machine.write(path, text);
  await expect(machine.give(disk)).rejects.toThrow(
    `The USB devices cannot go to win10. Disk (port 1-4): ${told}`,
  );
});

test('a disk of a ZFS pool is refused', async () => {
  const machine = await desk({ blocks: { sda } });
  await writeMounts(machine);
  await machine.write('/proc/spl/kstat/zfs/tank/state', 'ONLINE\n');
  await machine.write('/run/udev/data/b8:0', 'E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n');
  await expect(machine.give(disk)).rejects.toThrow(
    'Disk (port 1-4): /dev/sda is a part of the ZFS pool tank. Say `sudo zpool export tank`.',
  );
});

test('a disk that nobody uses goes', async () => {
  const machine = await desk({ blocks: { sda } });
  await writeMounts(machine, '259:2 / ext4 /dev/nvme0n1p2');
  await machine.give(disk);
  expect(machine.hostdevs.calls).toEqual(['attach win10 1-4']);
});

test('a device that a seat reads is refused', async () => {
  const { give, hostdevs } = await desk({ sources });
  await expect(give(mouse)).rejects.toMatchObject({
    code: 'device-refused',
    message:
      'The USB devices cannot go to win10. Mouse (port 1-1): the seat "sofa" reads it by { name = "Mou*" }. Remove Mouse (port 1-1) from one of the two lists: `input` of "sofa", or `usb`.',
  });
  expect(hostdevs.calls).toEqual([]);
});

test('a Bluetooth adapter is refused while a seat reads what may be on it', async () => {
  const use = { seat: 'sofa', selector: '{ name = "Ke*" }', onBluetooth: 'Keys' };
  const { give, hostdevs } = await desk({ sources: new Map([['1-1', use]]) });
  await expect(give(mouse)).rejects.toMatchObject({
    code: 'device-refused',
    message:
      'The USB devices cannot go to win10. Mouse (port 1-1): the seat "sofa" reads Keys on Bluetooth by { name = "Ke*" }, which would go with it. Remove Mouse (port 1-1) from `usb`, or put a keyboard or mouse with a cable or a receiver of its own into `input` of "sofa" in the place of Keys.',
  });
  expect(hostdevs.calls).toEqual([]);
});

test('a selector of several passes over what a seat reads', async () => {
  const { give, hostdevs } = await desk({ sources });
  await give({ class: 'hid' }, { hub: '1-2' });
  expect(hostdevs.held.get('win10')).toEqual([heldStick, heldPad]);
});

test('where a seat reads all that there is of several, nothing is there to go', async () => {
  const { give, unplugUsb } = await desk({ sources });
  for (const port of ['1-2.3', '2-1']) await unplugUsb(port);
  await expect(give({ class: 'hid' })).rejects.toMatchObject({ code: 'device-absent' });
});

test('a disk among several is not passed over', async () => {
  const machine = await desk({ blocks: { sda } });
  await writeMounts(machine, '8:0 /mnt vfat /dev/sda');
  await expect(machine.give(mouse, { class: 'storage' })).rejects.toMatchObject({
    code: 'device-refused',
  });
  expect(machine.hostdevs.calls).toEqual([]);
});

test('every refusal is told at once', async () => {
  const { give, hostdevs } = await desk({ sources });
  hostdevs.ports = { all: 8, free: 1 };
  await expect(give(mouse, { class: 'hid' }, { port: '1-2' })).rejects.toMatchObject({
    code: 'device-refused',
    message:
      'The USB devices cannot go to win10. Mouse (port 1-1): the seat "sofa" reads it by { name = "Mou*" }. Hub (port 1-2): it is a hub, and all that is plugged in below it would vanish. win10: 4 free USB ports needed, it has 1 of 8. Remove Mouse (port 1-1) from one of the two lists: `input` of "sofa", or `usb`. What is plugged in below it goes by { hub = "1-2" }. Give its USB controller more with `virsh edit win10`, such as model=\'qemu-xhci\' ports=\'15\', and start win10 anew.',
  });
  expect(hostdevs.calls).toEqual([]);
});

test('a domain without USB is told how to have it', async () => {
  const { give, hostdevs } = await desk();
  hostdevs.ports = { all: 0, free: 0 };
  await expect(give(mouse)).rejects.toMatchObject({
    code: 'device-refused',
    message:
      "The USB devices cannot go to win10. win10: it has no USB controller. Add <controller type='usb' model='qemu-xhci' ports='15'/> to its <devices> with `virsh edit win10`, and start win10 anew.",
  });
});

test.each<{ ports: UsbPorts | null; held: (typeof heldMouse)[]; reason: string }>([
  { ports: { all: 8, free: 1 }, held: [], reason: 'there is a port for it' },
  { ports: null, held: [], reason: 'its ports are not known' },
  { ports: { all: 1, free: 0 }, held: [heldMouse], reason: 'it is there already' },
  {
    ports: { all: 1, free: 0 },
    held: [{ ...heldMouse, device: 9 }],
    reason: 'what is left of it has the port',
  },
])('a device goes to a domain where $reason', async ({ ports, held }) => {
  const { give, hostdevs } = await desk();
  hostdevs.ports = ports;
  hostdevs.held.set('win10', held);
  await give(mouse);
  expect(hostdevs.held.get('win10')).toEqual([heldMouse]);
});

test('a device that is in the domain already is not asked about again', async () => {
  const { give, hostdevs } = await desk({ sources });
  hostdevs.held.set('win10', [heldMouse]);
  await give(mouse);
  expect(hostdevs.calls).toEqual([]);
});
