import { expect, test } from 'vitest';
import { pciUses } from '../../src/system/pci-uses.ts';
import { card } from '../doctor/healthy.ts';
import { buildMachine } from '../machines/build.ts';
import { ivyBridgeDesktop } from '../machines/ivy-bridge-desktop.ts';
import { x570 } from '../machines/x570.ts';
import { addBlock, writeMounts } from './block.ts';
import { keyboardBits } from './capability-bits.ts';
import { createSysfs, failing } from './sysfs.ts';

test('displays, disks, networks, input, other USB devices and sound are told by device', async () => {
  const sysfs = await buildMachine(x570);
  await sysfs.plugUsb({ port: '5-1', device: 2, manufacturer: 'A', model: 'Stick' });
  const { byDevice, otherKeyboards, unread } = await pciUses(sysfs.host, []);
  const node = '/dev/nvme0n1p';
  expect(Object.fromEntries(byDevice)).toEqual({
    '0000:06:00.0': [
      { kind: 'display', connector: 'card0-DP-1' },
      { kind: 'display', connector: 'card0-DP-2' },
    ],
    '0000:06:00.1': [{ kind: 'sound', card: 'HDMI' }],
    '0000:10:00.4': [{ kind: 'sound', card: 'Generic' }],
    '0000:03:00.0': [
      { kind: 'disk', use: { kind: 'mounted', node: `${node}2`, places: ['/boot'] } },
      { kind: 'disk', use: { kind: 'mounted', node: `${node}3`, places: ['/', '/home'] } },
    ],
    '0000:08:00.0': [{ kind: 'network', interface: 'enp8s0', through: null, isDefault: true }],
    '0000:09:00.1': [
      { kind: 'input', what: 'keyboard', name: 'Logitech USB Keyboard', port: '1-5' },
      { kind: 'input', what: 'mouse', name: 'Logitech USB Optical Mouse', port: '1-6' },
    ],
    '0000:10:00.3': [{ kind: 'usb', name: 'A Stick', port: '5-1' }],
  });
  expect({ otherKeyboards, unread }).toEqual({ otherKeyboards: [], unread: {} });
});

test('the routes of a bridge are those of its ports', async () => {
  const { host } = await buildMachine(ivyBridgeDesktop);
  expect((await pciUses(host, [])).byDevice.get('0000:03:00.0')).toEqual([
    { kind: 'network', interface: 'enp3s0', through: 'br0', isDefault: true },
  ]);
});

test.each([
  ['if_inet6', 'fe80000000000000021122fffe334455 02 40 20 80 eth0', []],
  ['if_inet6', '20010db8000000000000000000000001 02 40 00 80 eth0', [false]],
  [
    'ipv6_route',
    `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe8000000000000000000000000000fe 00000064 00000001 00000000 00000003 eth0`,
    [true],
  ],
])('%s with %s is a use: %s', async (file, line, defaults) => {
  const { host, link, write } = await createSysfs();
  await write('/sys/devices/pci0000:00/0000:00:03.0/net/eth0/operstate', 'up\n');
  await link('../../devices/pci0000:00/0000:00:03.0/net/eth0', '/sys/class/net/eth0');
  await write(`/proc/self/net/${file}`, `${line}\n`);
  const uses = (await pciUses(host, [])).byDevice.get('0000:00:03.0') ?? [];
  expect(uses.map((use) => use.kind === 'network' && use.isDefault)).toEqual(defaults);
});

test('a disk that may have several ways to it belongs to the controller that has it', async () => {
  const sysfs = await createSysfs();
  const place = 'virtual/nvme-subsystem/nvme-subsys0';
  await addBlock(sysfs, 'nvme0n1', { place, number: '259:0' });
  await sysfs.link('../../../pci0000:00/0000:01:00.0/nvme/nvme0', `/sys/devices/${place}/nvme0`);
  await sysfs.link(`../../devices/${place}`, '/sys/class/nvme-subsystem/nvme-subsys0');
  await writeMounts(sysfs, '259:0 / ext4 /dev/nvme0n1');
  expect([...(await pciUses(sysfs.host, [])).byDevice.keys()]).toEqual(['0000:01:00.0']);
});

test('a keyboard on Bluetooth goes with the adapter', async () => {
  const sysfs = await buildMachine(x570);
  await sysfs.plugUsb({ port: '5-1', device: 2, model: 'Adapter', interfaces: [{ class: 'e0' }] });
  const phys = '00:1a:7d:da:71:13';
  await sysfs.plugInput({ node: 30, name: 'Keys', phys, capabilities: keyboardBits });
  const { byDevice } = await pciUses(sysfs.host, []);
  expect(byDevice.get('0000:10:00.3')).toEqual([
    { kind: 'input', what: 'keyboard', name: 'Keys on Adapter', port: '5-1' },
  ]);
});

test.each([
  ['AT Translated Set 2 keyboard', 'isa0060/serio0/input0', ['AT Translated Set 2 keyboard']],
  ['Made by a program', '', []],
  ['Made by a program in Python', 'py-evdev-uinput', []],
  ['Made by a program that maps keys', 'input-remapper', []],
  ['On Bluetooth', '00:1a:7d:da:71:13', []],
  ['Of a seat', 'handglass/win10/keyboard', []],
])('%s at %j stays whatever controller goes: %j', async (name, phys, keyboards) => {
  const { host, plugInput } = await createSysfs();
  await plugInput({ node: 0, name, phys, capabilities: keyboardBits });
  expect((await pciUses(host, [])).otherKeyboards).toEqual(keyboards);
});

test('a kind of use that cannot be read is told, and the others are there', async () => {
  const { host } = await buildMachine(x570);
  const { byDevice, unread } = await pciUses(failing(host, 'mountinfo', 'EACCES'), []);
  expect(unread).toEqual({ disk: 'permission denied' });
  expect(byDevice.has('0000:08:00.0')).toBe(true);
});

test('nonsense in an input device is told, and is no failure', async () => {
  const { host, write } = await buildMachine(x570);
  await write('/sys/class/input/event2/device/capabilities/key', 'no digits\n');
  expect((await pciUses(host, [])).unread['input']).toBeDefined();
});

test.each([
  ['EFI VGA', 'platform/efi-framebuffer.0', '0000:01:00.0'],
  ['simpledrmdrmfb', 'platform/simple-framebuffer.0', '0000:01:00.0'],
  ['EFI VGA', 'pci0000:00/0000:02:00.0/efi-framebuffer.0', '0000:02:00.0'],
  ['nouveaudrmfb', 'pci0000:00/0000:01:00.0', undefined],
])("%s in %s is the firmware's screen of %s", async (name, place, address) => {
  const { host, link, write } = await createSysfs();
  await write(`/sys/devices/${place}/graphics/fb0/name`, `${name}\n`);
  await link(`../../devices/${place}/graphics/fb0`, '/sys/class/graphics/fb0');
  const cards = [card('0000:02:00.0'), card('0000:01:00.0', { bootVga: true })];
  const { byDevice } = await pciUses(host, cards);
  expect([...byDevice]).toEqual(
    address === undefined ? [] : [[address, [{ kind: 'firmware-screen', name }]]],
  );
});
