import { expect, test } from 'vitest';
import { hasAddress, readableUsb, usbDevices } from '../../src/system/usb.ts';
import { createSysfs, failing } from './sysfs.ts';

const folder = '/sys/bus/usb/devices';

test('a machine without USB has no devices', async () => {
  const { host } = await createSysfs();
  expect(await usbDevices(host)).toEqual([]);
});

test('a device has all that the kernel says of it', async () => {
  const { host, plugUsb } = await createSysfs();
  await plugUsb({
    port: '1-2',
    device: 7,
    vendor: '1532',
    product: '0037',
    serial: 'A1B2',
    manufacturer: 'Razer',
    model: 'DeathAdder',
    speed: '1.5',
    interfaces: [
      { class: '03', driver: 'usbhid' },
      { class: '03', driver: 'usbhid' },
      { class: '01' },
    ],
  });
  expect(await usbDevices(host)).toEqual([
    {
      port: '1-2',
      bus: 1,
      device: 7,
      vendor: '1532',
      product: '0037',
      serial: 'A1B2',
      name: 'Razer DeathAdder',
      classes: ['03', '01'],
      isHub: false,
      controller: '0000:00:05.0',
      speedMbps: 1.5,
      drivers: ['usbhid'],
      driverless: [{ name: '1-2:1.2', class: '01' }],
    },
  ]);
});

test.each([
  { texts: {}, name: '0627:0001', reason: 'it says nothing of itself' },
  { texts: { model: 'Mouse' }, name: 'Mouse', reason: 'its maker is unknown' },
  { texts: { manufacturer: 'QEMU' }, name: 'QEMU', reason: 'only its maker is known' },
  { texts: { manufacturer: ' ', model: ' Mouse ' }, name: 'Mouse', reason: 'texts are padded' },
])('a device without a serial number is called $name when $reason', async ({ texts, name }) => {
  const { host, plugUsb } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, ...texts });
  expect(await usbDevices(host)).toMatchObject([{ serial: null, name }]);
});

test('what could steer a terminal is taken out of a name', async () => {
  const { host, plugUsb } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, manufacturer: 'A\u001b[2J', model: 'B\u0007 ü' });
  expect(await usbDevices(host)).toMatchObject([{ name: 'A?[2J B? ü' }]);
});

test('a hub is known by its own class', async () => {
  const { host, plugUsb, addPorts } = await createSysfs();
  const interfaces = [{ class: '09', driver: 'hub' }];
  await plugUsb({ port: '1-1', device: 2, deviceClass: '09', interfaces, speed: 'unknown' });
  await addPorts('1-1', ['unknown']);
  expect(await usbDevices(host)).toMatchObject([
    { isHub: true, classes: ['09'], drivers: ['hub'], speedMbps: null },
  ]);
});

test.each([
  { place: '0000:00:08.0/0000:03:00.0', controller: '0000:03:00.0', reason: 'behind a bridge' },
  { place: '10000:00:14.0', controller: '10000:00:14.0', reason: 'in a wide PCI domain' },
  { place: '0000:00:0d.0/xhci-hcd.1.auto', controller: null, reason: 'on no PCI function itself' },
])('a device $reason is on the controller $controller', async ({ place, controller }) => {
  const { host, addController, plugUsb } = await createSysfs();
  await addController({ place, buses: [{ number: 7 }] });
  await plugUsb({ port: '7-1.2', device: 2 });
  expect(await usbDevices(host)).toMatchObject([{ controller }]);
});

test('an empty serial number is none', async () => {
  const { host, plugUsb } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, serial: '' });
  expect(await usbDevices(host)).toMatchObject([{ serial: null }]);
});

test('hubs and devices behind hubs count, root hubs and interfaces do not', async () => {
  const { host, plugUsb, write, link } = await createSysfs();
  await write('/sys/devices/pci0000:00/0000:00:05.0/usb1/idVendor', '1d6b\n');
  await link('../../../devices/pci0000:00/0000:00:05.0/usb1', `${folder}/usb1`);
  await link('../../../devices/pci0000:00/0000:00:05.0/usb1/1-0:1.0', `${folder}/1-0:1.0`);
  await plugUsb({ port: '1-2', device: 2, model: 'Hub' });
  await plugUsb({ port: '1-2.3', device: 3 });
  await plugUsb({ port: '1-2.3.1', device: 4 });
  await plugUsb({ port: '10-1', device: 2 });
  const ports = (await usbDevices(host)).map(({ port, bus }) => [port, bus]);
  expect(ports).toEqual([
    ['1-2', 1],
    ['1-2.3', 1],
    ['1-2.3.1', 1],
    ['10-1', 10],
  ]);
});

test.each(['idVendor', 'idProduct', 'busnum', 'devnum', 'bDeviceClass'])(
  'a device whose %s has gone already is left out',
  async (attribute) => {
    const { host, plugUsb, remove } = await createSysfs();
    await plugUsb({ port: '1-1', device: 2 });
    await plugUsb({ port: '1-2', device: 3 });
    await remove(`${folder}/1-1/${attribute}`);
    expect(await usbDevices(host)).toMatchObject([{ port: '1-2' }]);
  },
);

test.each(['ENOENT', 'ENODEV'])(
  'an interface that goes while it is read (%s) is left out, and the device stays',
  async (code) => {
    const { host, plugUsb } = await createSysfs();
    const interfaces = [{ class: '03', driver: 'usbhid' }, { class: '01' }];
    await plugUsb({ port: '1-1', device: 2, interfaces });
    expect(await usbDevices(failing(host, '1-1:1.1/bInterfaceClass', code))).toMatchObject([
      { port: '1-1', classes: ['03'], drivers: ['usbhid'], driverless: [] },
    ]);
  },
);

test('a device of which only the link is left is left out', async () => {
  const { host, plugUsb, remove } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2 });
  await remove('/sys/devices/pci0000:00');
  expect(await usbDevices(host)).toEqual([]);
});

test('a device that goes while its texts are read is left out', async () => {
  const { host, plugUsb } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, serial: 'A' });
  expect(await usbDevices(failing(host, '1-1/serial', 'ENODEV'))).toEqual([]);
});

test('what cannot be read keeps nobody from seeing the rest', async () => {
  const { host, plugUsb } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2 });
  await plugUsb({ port: '1-2', device: 3 });
  expect(await readableUsb(failing(host, '1-1/devnum', 'EIO'))).toMatchObject({
    devices: [{ port: '1-2' }],
    unread: { '1-1': 'i/o error' },
  });
});

test('any other failure to read is passed on', async () => {
  const { host, plugUsb } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2 });
  await expect(usbDevices(failing(host, 'devnum', 'EIO'))).rejects.toMatchObject({ code: 'EIO' });
  const other = await createSysfs();
  await other.write(folder, 'no folder');
  await expect(usbDevices(other.host)).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.each([
  [true, {}],
  [false, { device: 8 }],
  [false, { vendor: '046d' }],
  [false, { product: '0038' }],
  [false, { port: '1-3' }],
])('that a device has its address and ids is %s with %o', async (expected, other) => {
  const mouse = { port: '1-2', bus: 1, device: 7, vendor: '1532', product: '0037' };
  const { host, plugUsb } = await createSysfs();
  await plugUsb(mouse);
  expect(await hasAddress(host, { ...mouse, ...other })).toBe(expected);
});
