import { expect, test } from 'vitest';
import type { UsbPorts } from '../../src/domain/usb-hostdev.ts';
import { parseUsbPorts } from '../../src/libvirt/usb-ports.ts';
import { golden } from './golden.ts';

const domainWith = (devices: string) => `<domain id='1'><devices>${devices}</devices></domain>`;
const controller = (model: string) => `<controller type='usb' model='${model}'/>`;
const tablet = "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>";

test('the ports of a real running domain are counted', async () => {
  const xml = await golden('domain-with-usb-hostdev.xml');
  expect(parseUsbPorts(xml)).toEqual({ all: 8, free: 7 });
});

test.each<{ devices: string; ports: UsbPorts | null; reason: string }>([
  { devices: '', ports: { all: 0, free: 0 }, reason: 'there is no controller' },
  { devices: controller('none'), ports: { all: 0, free: 0 }, reason: 'USB is turned off' },
  {
    devices: "<controller type='sata' index='0'/>",
    ports: { all: 0, free: 0 },
    reason: 'the only controller is of another kind',
  },
  { devices: "<controller type='usb'/>", ports: { all: 2, free: 2 }, reason: 'no model is told' },
  { devices: controller('qemu-xhci'), ports: { all: 4, free: 4 }, reason: 'no number is told' },
  {
    devices: "<controller type='usb' model='nec-xhci' ports='15'/>",
    ports: { all: 15, free: 15 },
    reason: 'the number is told',
  },
  {
    devices: ['ich9-ehci1', 'ich9-uhci1', 'ich9-uhci2', 'ich9-uhci3'].map(controller).join(''),
    ports: { all: 6, free: 6 },
    reason: 'companions share the ports of one',
  },
  {
    devices: `${controller('pci-ohci')}${controller('piix3-uhci')}${tablet}`,
    ports: { all: 5, free: 4 },
    reason: 'there are two controllers and a device',
  },
  {
    devices: `${controller('piix3-uhci')}${tablet}<hub type='usb'><address type='usb' bus='0' port='2'/></hub>`,
    ports: { all: 10, free: 8 },
    reason: 'a hub takes one and brings eight',
  },
  {
    devices: `${controller('piix3-uhci')}<hostdev type='usb'><source><address bus='1' device='3'/></source></hostdev>`,
    ports: { all: 2, free: 2 },
    reason: 'a device has no address of its own',
  },
  {
    devices: `${controller('piix3-uhci')}${tablet.repeat(3)}`,
    ports: { all: 2, free: 0 },
    reason: 'there are more devices than ports',
  },
  {
    devices: `${controller('qemu-xhci')}${controller('xhci-of-tomorrow')}`,
    ports: null,
    reason: 'a model is not known',
  },
])('USB ports are $ports when $reason', ({ devices, ports }) => {
  expect(parseUsbPorts(domainWith(devices))).toEqual(ports);
});
