import type { Sysfs } from './sysfs.ts';

/** A block device as the kernel lays it out. */
export interface Block {
  /** Where its folder is in /sys/devices: `virtual`, or a disk's on its bus. */
  place?: string;
  number: string;
  /** What has been made of it. */
  holders?: string[];
  /** What the device mapper calls it. */
  mapped?: string;
}

/** The place of a disk on a USB port of bus 1, behind no hub. */
export function diskPlace(port: string): string {
  return `pci0000:00/0000:00:05.0/usb1/${port}/${port}:1.0/host0/target0:0:0/0:0:0:0`;
}

export async function addBlock(
  { write, link }: Sysfs,
  name: string,
  { place = 'virtual', number, holders = [], mapped }: Block,
): Promise<void> {
  const folder = `/sys/devices/${place}/block/${name}`;
  await link(`../..${folder.slice('/sys'.length)}`, `/sys/class/block/${name}`);
  await write(`${folder}/dev`, `${number}\n`);
  if (mapped !== undefined) await write(`${folder}/dm/name`, `${mapped}\n`);
  for (const holder of holders) {
    await link(`/sys/devices/virtual/block/${holder}`, `${folder}/holders/${holder}`);
  }
}

/** What /proc/1/mountinfo says; each mount is `8:1 /mnt/stick ext4 /dev/sda1`. */
export async function writeMounts({ write }: Sysfs, ...mounts: string[]): Promise<void> {
  const lines = mounts.map((mount, index) => {
    const [number = '', place = '', type = '', source = ''] = mount.split(' ');
    return `${index + 30} 1 ${number} / ${place} rw,relatime shared:1 - ${type} ${source} rw\n`;
  });
  await write('/proc/1/mountinfo', lines.join(''));
}
