import { expect, test } from 'vitest';
import { inputDevices, isProxy } from '../../src/system/input.ts';
import { keyboardBits, mediaKeyBits } from './capability-bits.ts';
import { createSysfs, failing } from './sysfs.ts';

test('a machine without input devices has none', async () => {
  const { host } = await createSysfs();
  expect(await inputDevices(host)).toEqual([]);
});

test('a keyboard with two event nodes is two devices on one USB port', async () => {
  const { host, plugUsb, plugInput } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, serial: 'KBD1' });
  await plugInput({
    node: 4,
    name: 'G Pro',
    on: '1-1:1.0',
    links: ['usb-G_Pro-event-kbd'],
    phys: 'usb-0000:00:05.0-1/input0',
    capabilities: keyboardBits,
  });
  await plugInput({
    node: 5,
    name: 'G Pro Media',
    on: '1-1:1.1',
    links: ['usb-G_Pro-event-if01'],
    phys: 'usb-0000:00:05.0-1/input1',
    capabilities: mediaKeyBits,
  });
  const keyboard = { vendor: '0627', product: '0001', port: '1-1', serial: 'KBD1' };
  const keys = { pointer: false, absolute: false, switches: false, power: true };
  expect(await inputDevices(host)).toEqual([
    {
      ...keyboard,
      path: '/dev/input/event4',
      ids: ['usb-G_Pro-event-kbd'],
      name: 'G Pro',
      phys: 'usb-0000:00:05.0-1/input0',
      kind: 'keyboard',
      capabilities: { ...keys, keys: true, typing: true, media: true },
    },
    {
      ...keyboard,
      path: '/dev/input/event5',
      ids: ['usb-G_Pro-event-if01'],
      name: 'G Pro Media',
      phys: 'usb-0000:00:05.0-1/input1',
      kind: 'buttons',
      capabilities: { ...keys, keys: true, typing: false, media: true },
    },
  ]);
});

test('a device behind a hub has the port of its own, not of the hub', async () => {
  const { host, plugUsb, plugInput } = await createSysfs();
  await plugUsb({ port: '1-2', device: 2, serial: 'HUB' });
  await plugUsb({ port: '1-2.3', device: 3 });
  await plugInput({ node: 4, name: 'Mouse', on: '1-2.3:1.0' });
  expect(await inputDevices(host)).toMatchObject([{ port: '1-2.3', serial: null }]);
});

test('a device that is not on USB has neither port nor serial number', async () => {
  const { host, plugInput } = await createSysfs();
  await plugInput({ node: 0, name: 'AT keyboard', vendor: '0001', product: '0001' });
  expect(await inputDevices(host)).toMatchObject([
    { path: '/dev/input/event0', ids: [], port: null, serial: null, phys: '' },
  ]);
});

test('an empty serial number is none', async () => {
  const { host, plugUsb, plugInput } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, serial: '' });
  await plugInput({ node: 4, name: 'Mouse', on: '1-1:1.0' });
  expect(await inputDevices(host)).toMatchObject([{ port: '1-1', serial: null }]);
});

test('a Bluetooth device has neither the port nor the serial number of the adapter', async () => {
  const { host, plugUsb, plugInput } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, serial: 'ADAPTER' });
  await plugInput({ node: 4, name: 'Mouse', on: '1-1:1.0/bluetooth/hci0/hci0:256' });
  expect(await inputDevices(host)).toMatchObject([{ name: 'Mouse', port: null, serial: null }]);
});

test.each([
  { phys: 'handglass/win10-keyboard', proxy: true },
  { phys: 'handglass/host-desk-pointer', proxy: true },
  { phys: 'usb-0000:00:05.0-1/input0', proxy: false },
  { phys: 'handglass', proxy: false },
  { phys: undefined, proxy: false },
])('a device at $phys is a proxy of ours: $proxy', async ({ phys, proxy }) => {
  const { host, plugInput } = await createSysfs();
  await plugInput({ node: 4, name: 'Mouse', ...(phys === undefined ? {} : { phys }) });
  expect((await inputDevices(host)).map(isProxy)).toEqual([proxy]);
});

test('devices are in the order of their numbers', async () => {
  const { host, plugInput } = await createSysfs();
  for (const node of [10, 2, 1]) await plugInput({ node, name: `Mouse ${node}` });
  const names = (await inputDevices(host)).map(({ name }) => name);
  expect(names).toEqual(['Mouse 1', 'Mouse 2', 'Mouse 10']);
});

test('what could steer a terminal is taken out of a name', async () => {
  const { host, plugInput } = await createSysfs();
  await plugInput({ node: 1, name: 'A\u001b[2J ü' });
  expect(await inputDevices(host)).toMatchObject([{ name: 'A?[2J ü' }]);
});

test('nodes of other kinds, and the inputs behind the nodes, are no event devices', async () => {
  const { host, plugInput, link, write } = await createSysfs();
  await plugInput({ node: 1, name: 'Mouse' });
  const input = '../../devices/platform/i8042/serio0/input/input1';
  await link(input, '/sys/class/input/input1');
  await link(`${input}/mouse0`, '/sys/class/input/mouse0');
  await link('../../devices/virtual/input/mice', '/sys/class/input/mice');
  await write('/dev/input/mice', '');
  expect(await inputDevices(host)).toMatchObject([{ path: '/dev/input/event1' }]);
});

test('several links lead to one device; links that dangle or are none lead to no device', async () => {
  const { host, plugInput, link, write } = await createSysfs();
  await plugInput({ node: 4, name: 'Keyboard', links: ['usb-B-event-kbd', 'usb-A-event-kbd'] });
  await link('../event9', '/dev/input/by-id/usb-Gone-event-kbd');
  await write('/dev/input/by-id/no-link', '');
  expect(await inputDevices(host)).toMatchObject([
    { path: '/dev/input/event4', ids: ['usb-A-event-kbd', 'usb-B-event-kbd'] },
  ]);
});

test.each([
  '/sys/class/input/event4/device/name',
  '/sys/class/input/event4/device/id/vendor',
  '/sys/class/input/event4/device/id/product',
  '/sys/class/input/event4/device/capabilities/key',
  '/sys/class/input/event4/device/capabilities',
  '/sys/class/input/event4/device',
  '/sys/devices/pci0000:00',
])('a device is left out when %s has gone already', async (path) => {
  const { host, plugUsb, plugInput, remove } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2 });
  await plugInput({ node: 4, name: 'Keyboard', on: '1-1:1.0' });
  await plugInput({ node: 5, name: 'AT keyboard' });
  await remove(path);
  expect(await inputDevices(host)).toMatchObject([{ name: 'AT keyboard' }]);
});

test('a device that goes while it is read is left out; other failures are passed on', async () => {
  const { host, plugUsb, plugInput } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, serial: 'KBD1' });
  await plugInput({ node: 4, name: 'Keyboard', on: '1-1:1.0' });
  expect(await inputDevices(failing(host, '1-1/serial', 'ENODEV'))).toEqual([]);
  await expect(inputDevices(failing(host, 'name', 'EIO'))).rejects.toMatchObject({ code: 'EIO' });
});
