import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn, optionalAttribute, unlessGone } from './attributes.ts';
import { capabilitiesFrom, type InputCapabilities, type InputKind } from './input-capabilities.ts';
import { printable } from '../printable.ts';
import { usbPortIn } from './usb.ts';

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
  /** Where its driver says that it is: `usb-0000:00:14.0-2/input0`; empty where it says nothing. */
  phys: string;
  capabilities: InputCapabilities;
  kind: InputKind;
}

/** Whether a device is one of our own, which stand for a seat's: see units/handglass.rules. */
export function isProxy({ phys }: InputDevice): boolean {
  return phys.startsWith('handglass/');
}

/**
 * Whether it stands for other devices, or for none. What a program made says not where it is, and some
 * programs say another thing in its place.
 */
export function isMadeByProgram(device: InputDevice): boolean {
  const { phys } = device;
  return phys === '' || isProxy(device) || /^py-evdev|^(input-re|key-)mapper/.test(phys);
}

const classFolder = '/sys/class/input';
const linkFolder = '/dev/input/by-id';

/** Every event device that the kernel knows now, by number. One that is being unplugged is left out. */
export async function inputDevices(host: ReadFiles): Promise<InputDevice[]> {
  const nodes = (await namesIn(host, classFolder))
    .filter((name) => name.startsWith('event'))
    .sort((a, b) => numberOf(a) - numberOf(b));
  const links = await linksByNode(host);
  const devices = await Promise.all(
    nodes.map((node) => unlessGone(readDevice(host, node, links.get(node) ?? []))),
  );
  return devices.filter((device) => device !== null);
}

function numberOf(node: string): number {
  return Number(node.slice('event'.length));
}

async function readDevice(host: ReadFiles, node: string, ids: string[]): Promise<InputDevice> {
  const device = `${classFolder}/${node}/device`;
  const port = usbPortOf(await host.realPath(device));
  const capability = (type: string) => attribute(host, `${device}/capabilities/${type}`);
  return {
    path: `/dev/input/${node}`,
    ids,
    name: printable(await attribute(host, `${device}/name`)),
    vendor: await attribute(host, `${device}/id/vendor`),
    product: await attribute(host, `${device}/id/product`),
    port,
    serial:
      port === null
        ? null
        : (await optionalAttribute(host, `/sys/bus/usb/devices/${port}/serial`)) || null,
    phys: printable(await optionalAttribute(host, `${device}/phys`)),
    ...capabilitiesFrom({
      key: await capability('key'),
      rel: await capability('rel'),
      abs: await capability('abs'),
      sw: await capability('sw'),
    }),
  };
}

/** What hangs on a Bluetooth adapter is not on its port. */
function usbPortOf(path: string): string | null {
  return path.includes('/bluetooth/') ? null : usbPortIn(path);
}

async function linksByNode(host: ReadFiles): Promise<Map<string, string[]>> {
  const links = new Map<string, string[]>();
  for (const name of await namesIn(host, linkFolder)) {
    const node = await nodeBehind(host, `${linkFolder}/${name}`);
    if (node !== null) links.set(node, [...(links.get(node) ?? []), name]);
  }
  return links;
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
