import type { ReadFiles } from '../host/ports.ts';
import { attribute, linkedName, namesIn, optionalAttribute, unlessGone } from './attributes.ts';
import { printable } from '../printable.ts';
import { type Unread, unlessUnread } from './unread.ts';

/** A USB device on one of this machine's ports, hubs included. */
export interface UsbDevice {
  /** Bus and ports from the root hub on: `1-2.3`. Stays as long as the plug does. */
  port: string;
  /** Bus and device number. The second is given anew at each plugging in. */
  bus: number;
  device: number;
  /** Four lower-case hexadecimal digits each. */
  vendor: string;
  product: string;
  serial: string | null;
  /** What the device says of itself, or its ids. */
  name: string;
  /** Codes of its own class and its interfaces', each once: two lower-case hexadecimal digits. */
  classes: string[];
  isHub: boolean;
  /** PCI address of the controller that its bus hangs on; null for one that is not on PCI. */
  controller: string | null;
  /** Megabits in a second; null where the kernel does not know. */
  speedMbps: number | null;
  /** The drivers that have its interfaces, each once: `usbfs` stands for a program of the host. */
  drivers: string[];
  /** Its interfaces that no driver has: `1-2.3:1.0`, with the code of each one's class. */
  driverless: { name: string; class: string }[];
}

export const usbFolder = '/sys/bus/usb/devices';

/**
 * Every USB device that the kernel knows now, in the order of ports. One that is being unplugged
 * is left out. The layout is that of Linux's Documentation/ABI/testing/sysfs-bus-usb.
 */
export async function usbDevices(host: ReadFiles): Promise<UsbDevice[]> {
  const ports = await takenPorts(host);
  const devices = await Promise.all(ports.map((port) => unlessGone(readDevice(host, port))));
  return devices.filter((device) => device !== null);
}

/** Whether a device is on its port, by its number and ids. */
export async function hasAddress(
  host: ReadFiles,
  {
    port,
    bus,
    device,
    vendor,
    product,
  }: Pick<UsbDevice, 'port' | 'bus' | 'device' | 'vendor' | 'product'>,
): Promise<boolean> {
  const names = ['busnum', 'devnum', 'idVendor', 'idProduct'];
  const found = names.map((name) => attribute(host, `${usbFolder}/${port}/${name}`));
  const texts = await unlessGone(Promise.all(found));
  return texts?.join(' ') === `${bus} ${device} ${vendor} ${product}`;
}

/** Those that can be read, and why the others cannot, by their ports. */
export async function readableUsb(
  host: ReadFiles,
): Promise<{ devices: UsbDevice[]; unread: Unread }> {
  const unread: Unread = {};
  const devices = await Promise.all(
    (await takenPorts(host)).map((port) =>
      unlessUnread(unread, port, () => unlessGone(readDevice(host, port))),
    ),
  );
  return { devices: devices.filter((device) => device !== null), unread };
}

/** What stands in a `speed` file; null where it is none that is known. */
export function speedFrom(text: string): number | null {
  return Number.parseFloat(text) || null;
}

/** The port of the USB interface that a path in /sys/devices leads through last. */
export function usbPortIn(path: string): string | null {
  return /.*\/(\d+-[\d.]+):\d+\.\d+(\/|$)/.exec(path)?.[1] ?? null;
}

/** The folders of a device's interfaces, of a root hub's too: `1-2.3:1.0`. */
export async function interfaceFolders(host: ReadFiles, device: string): Promise<string[]> {
  const names = await host.listFolder(device);
  return names
    .filter((name) => /^\d+-[\d.]+:\d+\.\d+$/.test(name))
    .map((name) => `${device}/${name}`);
}

/** `00` says that only the interfaces have a class. */
const noClass = '00';
const hubClass = '09';

async function takenPorts(host: ReadFiles): Promise<string[]> {
  // A machine without USB has no such folder.
  const names = await namesIn(host, usbFolder);
  return names.filter((name) => /^\d+-[\d.]+$/.test(name));
}

async function readDevice(host: ReadFiles, port: string): Promise<UsbDevice> {
  const folder = `${usbFolder}/${port}`;
  const text = (name: string) => attribute(host, `${folder}/${name}`);
  const optional = (name: string) => optionalAttribute(host, `${folder}/${name}`);
  const vendor = await text('idVendor');
  const product = await text('idProduct');
  const name = `${await optional('manufacturer')} ${await optional('product')}`.trim();
  const deviceClass = await text('bDeviceClass');
  const interfaces = await readInterfaces(host, folder);
  const classes = [deviceClass, ...interfaces.map((each) => each.class)];
  const drivers = interfaces.map(({ driver }) => driver).filter((driver) => driver !== null);
  return {
    port,
    bus: Number(await text('busnum')),
    device: Number(await text('devnum')),
    vendor,
    product,
    serial: (await optional('serial')) || null,
    name: printable(name) || `${vendor}:${product}`,
    classes: [...new Set(classes)].filter((code) => code !== noClass),
    isHub: deviceClass === hubClass,
    controller: pciAddressIn(await host.realPath(folder)),
    speedMbps: speedFrom(await optional('speed')),
    drivers: [...new Set(drivers)],
    driverless: interfaces
      .filter(({ driver }) => driver === null)
      .map((each) => ({ name: each.name, class: each.class })),
  };
}

/**
 * Without those that go while they are read: whoever has the device may set another configuration, and
 * it stays where it is.
 */
async function readInterfaces(
  host: ReadFiles,
  device: string,
): Promise<{ name: string; class: string; driver: string | null }[]> {
  const reading = (await interfaceFolders(host, device)).map(async (path) => ({
    name: path.slice(device.length + 1),
    class: await attribute(host, `${path}/bInterfaceClass`),
    driver: await linkedName(host, `${path}/driver`),
  }));
  const interfaces = await Promise.all(reading.map(unlessGone));
  return interfaces.filter((each) => each !== null);
}

/** The PCI function that a root hub lies in: `/sys/devices/pci0000:00/0000:00:05.0/usb1/1-2`. */
function pciAddressIn(path: string): string | null {
  return /\/([\da-f]{4,}:[\da-f]{2}:[\da-f]{2}\.[0-7])\/usb\d+\//.exec(path)?.[1] ?? null;
}
