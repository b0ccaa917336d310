import { expect, test } from 'vitest';
import { pciNames, pciNamesIn } from '../../src/system/pci-ids.ts';
import { createSysfs } from './sysfs.ts';

const text = `#
# Comments and an empty line come first

0e11  Compaq Computer Corporation
	0001  PCI to EISA Bridge
10de  NVIDIA Corporation
	13c1  GM204
	13c2  GM204 [GeForce GTX 970]
		1043 8508  STRIX-GTX970-DC2OC-4GD5
		13c3 0001  A subsystem that looks like a device
	13d7  Another\u001b[2J one
8086  Intel Corporation
C 03  Display controller
	00  VGA compatible controller
`;

test('names are found by vendor and device; subsystems and classes are none', () => {
  const { vendors, devices } = pciNamesIn(text, new Set(['10de:13c2', '10de:13c3', '8086:1234']));
  expect([...vendors]).toEqual([
    ['10de', 'NVIDIA Corporation'],
    ['8086', 'Intel Corporation'],
  ]);
  expect([...devices]).toEqual([['10de:13c2', 'GM204 [GeForce GTX 970]']]);
});

test('control characters in a name never reach a terminal', () => {
  expect(pciNamesIn(text, new Set(['10de:13d7'])).devices.get('10de:13d7')).toBe('Another?[2J one');
});

test.each(['', '\n\n', '\t', '10de', '\t13c2  alone', 'C', '10de  N\n\t13c2'])(
  'a file of %j has no names, or empty ones, and is no failure',
  (odd) => {
    const { devices } = pciNamesIn(odd, new Set(['10de:13c2']));
    expect([...devices.values()].filter(Boolean)).toEqual([]);
  },
);

test('the file is looked for where distributions have it, and may be absent', async () => {
  const { host, write } = await createSysfs();
  const wanted = new Set(['10de:13c2']);
  expect((await pciNames(host, wanted)).devices.size).toBe(0);
  await write('/usr/share/misc/pci.ids', text);
  expect((await pciNames(host, wanted)).devices.get('10de:13c2')).toBe('GM204 [GeForce GTX 970]');
  await write('/usr/share/hwdata/pci.ids', '10de  N\n\t13c2  Newer\n');
  expect((await pciNames(host, wanted)).devices.get('10de:13c2')).toBe('Newer');
});
