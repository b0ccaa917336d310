import { expect, test } from 'vitest';
import { pciDevices } from '../../src/system/pci.ts';
import { buildMachine } from '../machines/build.ts';
import { gtx970 } from '../machines/gtx-970.ts';
import { x570 } from '../machines/x570.ts';
import { createSysfs, failing } from './sysfs.ts';

const at = '0000:06:00.0';
const folder = `/sys/bus/pci/devices/${at}`;

async function card(host: Parameters<typeof pciDevices>[0]) {
  const device = (await pciDevices(host)).find(({ address }) => address === at);
  if (device === undefined) throw new Error(`${at} is not listed`);
  return device;
}

test('a card is told with its ids, driver, group, bridges, memory and resets', async () => {
  const { host } = await buildMachine(gtx970);
  expect(await card(host)).toEqual({
    address: at,
    vendor: '10de',
    device: '13c2',
    subsystemVendor: '0000',
    subsystemDevice: '0000',
    class: '030000',
    revision: 'a1',
    driver: 'vfio-pci',
    driverOverride: null,
    iommuGroup: 13,
    bridges: ['0000:00:1c.6'],
    numaNode: null,
    bootVga: false,
    canReset: false,
    resetMethods: [],
    powerState: 'D0',
    msiAllowed: true,
    msi: null,
    bars: [
      { number: 0, kind: 'memory', size: 2 ** 24, ...plain },
      { number: 1, kind: 'memory', size: 2 ** 28, ...wide },
      { number: 3, kind: 'memory', size: 2 ** 25, ...wide },
      { number: 5, kind: 'io', size: 128, ...plain },
    ],
    hasRom: true,
    unread: {},
  });
});

const plain = { prefetchable: false, is64Bit: false, resizableTo: null };
const wide = { prefetchable: true, is64Bit: true, resizableTo: null };

test('what is set and in use beside that is told too', async () => {
  const { host, write } = await buildMachine(gtx970);
  await write(`${folder}/driver_override`, 'vfio-pci\n');
  await write(`${folder}/numa_node`, '1\n');
  await write(`${folder}/reset_method`, 'device_specific flr bus\n');
  await write(`${folder}/msi_irqs/41`, 'msix\n');
  await write(`${folder}/msi_irqs/42`, 'msix\n');
  await write(`${folder}/resource1_resize`, '00000000000000e0\n');
  const device = await card(host);
  expect(device).toMatchObject({
    driverOverride: 'vfio-pci',
    numaNode: 1,
    canReset: true,
    resetMethods: ['device_specific', 'flr', 'bus'],
    msi: { kind: 'msix', vectors: 2 },
  });
  expect(device.bars?.[1]?.resizableTo).toEqual([32, 64, 128].map((mib) => mib * 1024 ** 2));
});

test('a device that sleeps is not woken to be asked for the sizes that it could have', async () => {
  const { host, write } = await buildMachine(gtx970);
  await write(`${folder}/power_state`, 'D3cold\n');
  await write(`${folder}/resource1_resize`, 'never read');
  const { bars, unread } = await card(host);
  expect(bars?.map(({ resizableTo }) => resizableTo)).toEqual([null, null, null, null]);
  expect(unread).toEqual({});
});

test('an old kernel says that it can reset a device, and not how', async () => {
  const { host } = await buildMachine({ ...x570, kernel: '5.10.0' });
  const xhci = (await pciDevices(host)).find(({ address }) => address === '0000:10:00.3');
  expect(xhci).toMatchObject({ canReset: true, resetMethods: null });
});

test.each([
  { name: 'vendor', fact: 'vendor', content: '0x10d' },
  { name: 'device', fact: 'device', content: '\u001b[2J' },
  { name: 'class', fact: 'class', content: '' },
  { name: 'revision', fact: 'revision', content: 'a1' },
  { name: 'numa_node', fact: 'numaNode', content: 'one' },
  { name: 'boot_vga', fact: 'bootVga', content: '2' },
  { name: 'power_state', fact: 'powerState', content: 'D0 and more' },
  { name: 'reset_method', fact: 'resetMethods', content: 'flr \u0007' },
  { name: 'resource', fact: 'bars', content: '0x1 0x0 0x200\n' },
  { name: 'resource', fact: 'bars', content: 'nonsense\n' },
  { name: 'msi_bus', fact: 'msiAllowed', content: 'x' },
  { name: 'driver_override', fact: 'driverOverride', content: 'a/../b' },
  { name: 'resource1_resize', fact: 'resource1_resize', content: 'xyz' },
])('$content in $name is no value: nothing is known, and why', async ({ name, fact, content }) => {
  const { host, write } = await buildMachine(gtx970);
  await write(`${folder}/${name}`, content);
  const device = await card(host);
  expect((device as unknown as Record<string, unknown>)[fact] ?? null).toBeNull();
  expect(device.unread[fact]).toMatch(/^unexpected /);
  expect(device.unread[fact]).not.toMatch(/\p{Cc}/u);
});

test('a file that may not be read is no value either', async () => {
  const { host } = await buildMachine(gtx970);
  const device = await card(failing(host, '/vendor', 'EACCES'));
  expect(device).toMatchObject({ vendor: null, device: '13c2' });
  expect(device.unread).toEqual({ vendor: 'permission denied' });
});

test('a reset that could not be read is not told as none', async () => {
  const { host, write } = await buildMachine(gtx970);
  await write(`${folder}/reset_method`, 'bus\n');
  expect(await card(failing(host, 'reset_method', 'EIO'))).toMatchObject({
    canReset: null,
    resetMethods: null,
    unread: { resetMethods: 'i/o error' },
  });
});

test('a folder that cannot be listed leaves the device with what its files say', async () => {
  const { host } = await buildMachine(gtx970);
  const listFolder = async (path: string) => {
    if (path === folder) throw Object.assign(new Error('no'), { code: 'EACCES' });
    return host.listFolder(path);
  };
  const device = await card({ ...host, listFolder });
  expect(device).toMatchObject({
    vendor: '10de',
    driver: 'vfio-pci',
    canReset: null,
    hasRom: null,
  });
  expect(device.unread['folder']).toBe('permission denied');
});

test('a device that goes while it is read is left out, and other names are none', async () => {
  const { host, link, write } = await createSysfs();
  await link('../../../devices/pci0000:00/0000:00:01.0', '/sys/bus/pci/devices/0000:00:01.0');
  await write('/sys/bus/pci/devices/something/vendor', '0x8086\n');
  expect(await pciDevices(host)).toEqual([]);
});

test('a machine without PCI has none', async () => {
  const { host } = await createSysfs();
  expect(await pciDevices(host)).toEqual([]);
});
