import type { XmlElement } from '@rgrove/parse-xml';
import type { UsbPorts } from '../domain/usb-hostdev.ts';
import { childElements, childrenOf, rootOf } from './xml-children.ts';

/**
 * What libvirt counts before it says "No free USB ports" (virDomainUSBAddressControllerModelToPorts
 * in its src/conf/domain_addr.c): every device on a USB bus has one port, and so has a hub, which
 * brings eight. Null where a controller is of a model that is not known here.
 */
export function parseUsbPorts(domainXml: string): UsbPorts | null {
  const root = rootOf(domainXml);
  const devices = root === null ? [] : childrenOf(root, 'devices').flatMap(childElements);
  const controllers = devices.filter(isOf('controller')).map(portsOfController);
  if (controllers.includes(null)) return null;
  const hubs = devices.filter(isOf('hub')).map(() => portsOfHub);
  const all = [...controllers, ...hubs].reduce<number>((sum, ports) => sum + (ports ?? 0), 0);
  return { all, free: Math.max(0, all - devices.filter(isOnUsb).length) };
}

const portsOfHub = 8;

const portsOfModel = new Map([
  ['none', 0],
  // Companions of an ich9-ehci1, whose ports they share.
  ['ich9-uhci1', 0],
  ['ich9-uhci2', 0],
  ['ich9-uhci3', 0],
  ['piix3-uhci', 2],
  ['piix4-uhci', 2],
  ['vt82c686b-uhci', 2],
  ['pci-ohci', 3],
  ['ehci', 6],
  ['ich9-ehci1', 6],
]);
/** Unless its `ports` says otherwise. */
const portsUnlessTold = new Map([
  ['nec-xhci', 4],
  ['qemu-xhci', 4],
  ['qusb1', 8],
  ['qusb2', 8],
]);

function isOf(name: string): (device: XmlElement) => boolean {
  return (device) => device.name === name && device.attributes['type'] === 'usb';
}

function portsOfController({ attributes }: XmlElement): number | null {
  const { model = 'piix3-uhci', ports } = attributes;
  const variable = portsUnlessTold.get(model);
  if (variable === undefined) return portsOfModel.get(model) ?? null;
  return ports === undefined ? variable : Number(ports);
}

/** One without an address is not counted: libvirt has the last word. */
function isOnUsb(device: XmlElement): boolean {
  return childrenOf(device, 'address').some(({ attributes }) => attributes['type'] === 'usb');
}
