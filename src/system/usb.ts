import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { printable } from './printable.ts';

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
}

const folder = '/sys/bus/usb/devices';

/**
 * Every USB device that the kernel knows now, in the order of ports. One that is being unplugged
 * is left out. The layout is that of Linux's Documentation/ABI/testing/sysfs-bus-usb.
 */
export async function usbDevices(host: ReadFiles): Promise<UsbDevice[]> {
  const names = await host.listFolder(folder).catch(nothingIfAbsent);
  const ports = names.filter((name) => /^\d+-[\d.]+$/.test(name));
  const devices = await Promise.all(ports.map((port) => readDevice(host, port)));
  return devices.filter((device) => device !== null);
}

/** A machine without USB has no such folder. */
function nothingIfAbsent(error: unknown): string[] {
  if (isErrno(error, 'ENOENT')) return [];
  throw error;
}

async function readDevice(host: ReadFiles, port: string): Promise<UsbDevice | null> {
  const attribute = async (name: string) =>
    (await host.readText(`${folder}/${port}/${name}`)).trim();
  const optional = (name: string) =>
    attribute(name).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return '';
      throw error;
    });
  try {
    const vendor = await attribute('idVendor');
    const product = await attribute('idProduct');
    const name = `${await optional('manufacturer')} ${await optional('product')}`.trim();
    return {
      port,
      bus: Number(await attribute('busnum')),
      device: Number(await attribute('devnum')),
      vendor,
      product,
      serial: (await optional('serial')) || null,
      name: printable(name) || `${vendor}:${product}`,
    };
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENODEV')) return null;
    throw error;
  }
}
