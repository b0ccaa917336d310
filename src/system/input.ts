import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { printable } from './printable.ts';

/** An event device: one node of a keyboard, mouse or the like. */
export interface InputDevice {
  /** `/dev/input/event4`; the number is given anew at each plugging in. */
  path: string;
  /** Names of the links in /dev/input/by-id that lead here. */
  ids: string[];
  name: string;
  /** Four lower-case hexadecimal digits each. */
  vendor: string;
  product: string;
  /** The USB port and serial number that it hangs on, where it does: see `UsbDevice`. */
  port: string | null;
  serial: string | null;
}

const classFolder = '/sys/class/input';
const linkFolder = '/dev/input/by-id';

/** Every event device that the kernel knows now. One that is being unplugged is left out. */
export async function inputDevices(host: ReadFiles): Promise<InputDevice[]> {
  const nodes = (await namesIn(host, classFolder)).filter((name) => name.startsWith('event'));
  const links = await linksByNode(host);
  const devices = await Promise.all(
    nodes.map(async (node) =>
      readDevice(host, node, links.get(node) ?? []).catch((error: unknown) => {
        if (isErrno(error, 'ENOENT', 'ENODEV')) return null;
        throw error;
      }),
    ),
  );
  return devices.filter((device) => device !== null);
}

async function readDevice(host: ReadFiles, node: string, ids: string[]): Promise<InputDevice> {
  const attribute = async (path: string) => (await host.readText(path)).trim();
  const device = `${classFolder}/${node}/device`;
  const port = usbPortOf(await host.realPath(device));
  const serial =
    port === null
      ? null
      : await attribute(`/sys/bus/usb/devices/${port}/serial`).catch((error: unknown) => {
          if (isErrno(error, 'ENOENT')) return null;
          throw error;
        });
  return {
    path: `/dev/input/${node}`,
    ids,
    name: printable(await attribute(`${device}/name`)),
    vendor: await attribute(`${device}/id/vendor`),
    product: await attribute(`${device}/id/product`),
    port,
    serial,
  };
}

/** The port of the USB interface that a device's path in /sys/devices leads through last. */
function usbPortOf(path: string): string | null {
  const interfaces = path.split('/').map((part) => /^(\d+-[\d.]+):\d+\.\d+$/.exec(part)?.[1]);
  return interfaces.findLast((port) => port !== undefined) ?? null;
}

async function linksByNode(host: ReadFiles): Promise<Map<string, string[]>> {
  const links = new Map<string, string[]>();
  for (const name of await namesIn(host, linkFolder)) {
    const node = await nodeBehind(host, `${linkFolder}/${name}`);
    if (node !== null) links.set(node, [...(links.get(node) ?? []), name]);
  }
  return links;
}

/** Neither folder is there while there is nothing to put into it. */
async function namesIn(host: ReadFiles, folder: string): Promise<string[]> {
  return host.listFolder(folder).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  });
}

/** Null where the link has gone, or is none. */
async function nodeBehind(host: ReadFiles, link: string): Promise<string | null> {
  try {
    return (await host.readLink(link)).split('/').at(-1) ?? null;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EINVAL')) return null;
    throw error;
  }
}
