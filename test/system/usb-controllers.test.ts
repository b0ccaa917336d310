import { expect, test } from 'vitest';
import { usbControllers, usbPorts } from '../../src/system/usb-controllers.ts';
import { createSysfs, failing } from './sysfs.ts';

const xhci = {
  place: '0000:00:14.0',
  driver: 'xhci_hcd',
  name: 'xHCI Host Controller',
  buses: [
    { number: 10, speed: '5000' },
    { number: 9, speed: '480' },
  ],
};
const ehci = {
  place: '0000:00:08.0/0000:03:00.0',
  buses: [{ number: 1, speed: '480' }],
};

test('a machine without USB has neither controllers nor ports', async () => {
  const { host } = await createSysfs();
  expect(await usbControllers(host)).toEqual([]);
  expect(await usbPorts(host)).toEqual([]);
});

test('a controller has its buses and all that passing it on depends on', async () => {
  const { host, addController } = await createSysfs();
  const devices = {
    '0000:00:14.0': '0x0c0330',
    '0000:00:14.2': '0x050000',
    '0000:00:1c.0': '0x060400',
  };
  await addController({ ...xhci, resetMethod: 'flr bus', group: { number: 4, devices } });
  await addController(ehci);
  expect(await usbControllers(host)).toEqual([
    {
      address: '0000:00:14.0',
      isPci: true,
      name: 'xHCI Host Controller',
      driver: 'xhci_hcd',
      iommuGroup: { number: 4, others: ['0000:00:14.2'] },
      resetMethods: ['flr', 'bus'],
      buses: [
        { number: 9, speedMbps: 480 },
        { number: 10, speedMbps: 5000 },
      ],
    },
    {
      address: '0000:03:00.0',
      isPci: true,
      name: '0000:03:00.0',
      driver: null,
      iommuGroup: null,
      resetMethods: [],
      buses: [{ number: 1, speedMbps: 480 }],
    },
  ]);
});

test('a controller in a group that VFIO has made is in none', async () => {
  const { host, addController, write } = await createSysfs();
  await addController({ ...xhci, group: { number: 4, devices: { '0000:00:14.0': '0x0c0330' } } });
  await write('/sys/kernel/iommu_groups/4/name', 'vfio-noiommu\n');
  expect(await usbControllers(host)).toMatchObject([{ iommuGroup: null }]);
});

test('a controller that is not on PCI is called what the kernel calls it', async () => {
  const { host, addController } = await createSysfs();
  const buses = [{ number: 1 }];
  await addController({ place: 'vhci_hcd.0', subsystem: 'platform', buses });
  expect(await usbControllers(host)).toMatchObject([{ address: 'vhci_hcd.0', isPci: false }]);
});

test('a controller that goes while it is read is left out', async () => {
  const { host, addController } = await createSysfs();
  await addController(xhci);
  await addController(ehci);
  const going = failing(host, 'usb1/busnum', 'ENODEV');
  expect(await usbControllers(going)).toMatchObject([{ address: '0000:00:14.0' }]);
});

test('any other failure to read is passed on', async () => {
  const { host, addController } = await createSysfs();
  await addController(ehci);
  const broken = failing(host, 'busnum', 'EIO');
  await expect(usbControllers(broken)).rejects.toMatchObject({ code: 'EIO' });
});

test('ports of root hubs and of hubs behind hubs are called like devices on them', async () => {
  const { host, addController, addPorts, plugUsb } = await createSysfs();
  await addController({ place: '0000:00:14.0', buses: [{ number: 3, ports: 2 }] });
  await plugUsb({ port: '3-2', device: 2, deviceClass: '09', interfaces: [{ class: '09' }] });
  await plugUsb({ port: '3-2.1', device: 3, deviceClass: '09', interfaces: [{ class: '09' }] });
  await addPorts('3-2', ['hardwired']);
  await addPorts('3-2.1', ['not used', 'unknown']);
  const ports = await usbPorts(host);
  expect(ports.map(({ port, connectType }) => `${port} ${connectType}`)).toEqual([
    '3-2.1 hardwired',
    '3-2.1.1 not used',
    '3-2.1.2 unknown',
    '3-1 hotplug',
    '3-2 hotplug',
  ]);
});
