import { expect, test } from 'vitest';
import { opticalDrives } from '../../src/system/optical-drives.ts';
import { addBlock, diskPlace, writeMounts } from './block.ts';
import { createSysfs } from './sysfs.ts';

/** A machine with a drive and a disk, and these mounts. */
async function machineWith(...mounts: string[]) {
  const machine = await createSysfs();
  const { write, link } = machine;
  for (const [name, place, number, type] of [
    ['sr0', 'pci0000:00/ata1', '11:0', '5'],
    ['sda', diskPlace('1-2'), '8:0', '0'],
  ] as const) {
    await addBlock(machine, name, { place, number });
    await write(`/dev/${name}`, '');
    const device = `/sys/devices/${place}/block/${name}/device`;
    await write(`${device}/type`, `${type}\n`);
    await write(`${device}/vendor`, 'HL-DT-ST\n');
    await write(`${device}/model`, 'DVDRAM GH24NSD1 \n');
    if (name === 'sr0') await write(`${device}/scsi_generic/sg1/dev`, '21:1\n');
  }
  await link('../../sr0', '/dev/disk/by-id/ata-HL-DT-ST_1');
  await writeMounts(machine, ...mounts);
  return machine.host;
}

const drive = {
  path: '/dev/sr0',
  node: '/dev/sr0',
  name: 'HL-DT-ST DVDRAM GH24NSD1',
  isOptical: true,
  generic: '/dev/sg1',
  uses: [],
};

test('a drive is found by its node and by links to it, and what is not there is not', async () => {
  const byId = '/dev/disk/by-id/ata-HL-DT-ST_1';
  expect(await opticalDrives(await machineWith(), ['/dev/sr0', byId, '/dev/sr1'])).toEqual([
    drive,
    { ...drive, path: byId },
  ]);
});

test('what its medium is mounted on is told', async () => {
  const host = await machineWith('11:0 /media/cd iso9660 /dev/sr0', '8:0 /mnt vfat /dev/sda');
  expect(await opticalDrives(host, ['/dev/sr0'])).toEqual([
    { ...drive, uses: [{ kind: 'mounted', node: '/dev/sr0', places: ['/media/cd'] }] },
  ]);
});

test('a disk is no optical drive, nor is anything else', async () => {
  const host = await machineWith('8:0 /mnt vfat /dev/sda');
  expect(await opticalDrives(host, ['/dev/sda', '/dev/disk'])).toMatchObject([
    { path: '/dev/sda', isOptical: false, generic: null, uses: [] },
    { path: '/dev/disk', isOptical: false, name: '', uses: [] },
  ]);
});
