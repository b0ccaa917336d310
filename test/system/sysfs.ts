/**
 * A machine's USB and input devices as the kernel and udev lay them out, in a temporary folder:
 *
 *     /sys/bus/usb/devices/1-2.3     -> ../../../devices/pci0000:00/0000:00:05.0/usb1/1-2/1-2.3
 *     /sys/class/input/event4        -> ../../devices/…/1-2.3/1-2.3:1.0/input/input4/event4
 *     …/input/input4/event4/device   -> ../../input4
 *     /dev/input/by-id/usb-…-kbd     -> ../event4
 */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import type { OpenFiles, ReadFiles, SetMode, WatchFolder } from '../../src/host/ports.ts';
import type { CapabilityTexts } from '../../src/system/input-capabilities.ts';
import { mouseBits } from './capability-bits.ts';

export interface PluggedUsb {
  port: string;
  device: number;
  vendor?: string;
  product?: string;
  serial?: string;
  manufacturer?: string;
  model?: string;
  /** Two hexadecimal digits; none means that its interfaces say it. */
  deviceClass?: string;
  /** None means one for a mouse. */
  interfaces?: { class: string; driver?: string }[];
  speed?: string;
}

/** A USB controller with its root hubs. */
export interface PluggedController {
  /** Its folder in /sys/devices/pci0000:00, or below that of a bridge; any in /sys/devices if it begins with `pci`. */
  place: string;
  buses: { number: number; speed?: string; ports?: number }[];
  /** `pci` unless told. */
  subsystem?: string;
  driver?: string;
  name?: string;
  resetMethod?: string;
  /** Its IOMMU group and the PCI classes of all that is in it, by address. */
  group?: { number: number; devices: Record<string, string> };
}

export interface PluggedInput {
  /** Number of the event node. */
  node: number;
  name: string;
  vendor?: string;
  product?: string;
  /** The USB interface that it hangs on, such as `1-2.3:1.0`; none means that of a PS/2 port. */
  on?: string;
  /** Names of its links in /dev/input/by-id. */
  links?: string[];
  phys?: string;
  /** Texts of the bitmaps of what it can send; none means a mouse's. */
  capabilities?: CapabilityTexts;
}

export interface Sysfs {
  root: string;
  host: ReadFiles & OpenFiles & WatchFolder & SetMode;
  /** Has to come before the devices on it; buses without one are on 0000:00:05.0. */
  addController: (controller: PluggedController) => Promise<void>;
  /** Gives a hub its ports; the types are what the firmware says of each. */
  addPorts: (hub: string, connectTypes: string[]) => Promise<void>;
  plugUsb: (device: PluggedUsb) => Promise<void>;
  unplugUsb: (port: string) => Promise<void>;
  plugInput: (device: PluggedInput) => Promise<void>;
  /** Writes a file, and the folders above it, below the machine's root. */
  write: (path: string, text: string) => Promise<void>;
  link: (target: string, path: string) => Promise<void>;
  remove: (path: string) => Promise<void>;
}

/** A machine with neither USB nor input; gone with the test. */
export async function createSysfs(): Promise<Sysfs> {
  const root = await mkdtemp(join(tmpdir(), 'handglass-sysfs-'));
  onTestFinished(() => rm(root, { recursive: true }));
  return sysfsUnder(root);
}

/** The same in a folder that is the caller's. */
export function sysfsUnder(root: string): Sysfs {
  const controllers = new Map<string, string>();

  function usbPlace(port: string): string {
    const [bus = ''] = port.split('-');
    return `${controllers.get(bus) ?? standardController}/usb${bus}/${stepsTo(port)}`;
  }

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }

  async function link(target: string, path: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }

  async function linkTo(place: string, path: string): Promise<void> {
    await mkdir(join(root, place), { recursive: true });
    await link(relative(dirname(path), place), path);
  }

  async function writeAttributes(
    folder: string,
    attributes: Record<string, string | number | undefined>,
  ): Promise<void> {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) await write(`${folder}/${name}`, `${value}\n`);
    }
  }

  async function addPorts(hub: string, connectTypes: string[]): Promise<void> {
    const bus = /^usb(\d+)$/.exec(hub)?.[1];
    const folder = `/sys/bus/usb/devices/${hub}/${bus === undefined ? hub : `${bus}-0`}:1.0`;
    await mkdir(join(root, folder), { recursive: true });
    for (const [index, type] of connectTypes.entries()) {
      await write(`${folder}/${hub}-port${index + 1}/connect_type`, `${type}\n`);
    }
  }

  return {
    root,
    host: filesUnder(root, () => {}),
    async addController({ place, buses, subsystem = 'pci', ...facts }) {
      const folder = `/sys/devices/${place.startsWith('pci') ? place : `pci0000:00/${place}`}`;
      await linkTo(`/sys/bus/${subsystem}`, `${folder}/subsystem`);
      await writeAttributes(folder, { reset_method: facts.resetMethod });
      if (facts.driver !== undefined) {
        await linkTo(`/sys/bus/pci/drivers/${facts.driver}`, `${folder}/driver`);
      }
      if (facts.group !== undefined) {
        const group = `/sys/kernel/iommu_groups/${facts.group.number}`;
        await linkTo(group, `${folder}/iommu_group`);
        for (const [address, pciClass] of Object.entries(facts.group.devices)) {
          await write(`${group}/devices/${address}/class`, `${pciClass}\n`);
        }
      }
      for (const { number, speed, ports = 0 } of buses) {
        controllers.set(`${number}`, folder);
        await linkTo(`${folder}/usb${number}`, `/sys/bus/usb/devices/usb${number}`);
        await writeAttributes(`${folder}/usb${number}`, {
          busnum: number,
          speed,
          product: facts.name,
        });
        await addPorts(`usb${number}`, Array<string>(ports).fill('hotplug'));
      }
    },
    addPorts,
    async plugUsb({ port, device, vendor = '0627', product = '0001', ...facts }) {
      const place = usbPlace(port);
      const interfaces = facts.interfaces ?? [{ class: '03', driver: 'usbhid' }];
      await linkTo(place, `/sys/bus/usb/devices/${port}`);
      await writeAttributes(place, {
        idVendor: vendor,
        idProduct: product,
        busnum: port.split('-')[0],
        devnum: device,
        bDeviceClass: facts.deviceClass ?? '00',
        speed: facts.speed,
        serial: facts.serial,
        manufacturer: facts.manufacturer,
        product: facts.model,
      });
      for (const [index, each] of interfaces.entries()) {
        const name = `${port}:1.${index}`;
        await linkTo(`${place}/${name}`, `/sys/bus/usb/devices/${name}`);
        await writeAttributes(`${place}/${name}`, { bInterfaceClass: each.class });
        if (each.driver === undefined) continue;
        await linkTo(`/sys/bus/usb/drivers/${each.driver}`, `${place}/${name}/driver`);
      }
    },
    async unplugUsb(port) {
      const folder = join(root, '/sys/bus/usb/devices');
      const links = await readdir(folder);
      const own = links.filter((name) => name === port || name.startsWith(`${port}:`));
      for (const name of own) await rm(join(folder, name));
      await rm(join(root, usbPlace(port)), { recursive: true });
    },
    async plugInput({ node, name, vendor = '0627', product = '0001', on, links = [], ...rest }) {
      const parent =
        on === undefined
          ? '/sys/devices/platform/i8042/serio0'
          : `${usbPlace(on.split(':')[0] ?? '')}/${on}/0003:${vendor}:${product}.0001`;
      const place = `${parent}/input/input${node}`;
      await linkTo(`${place}/event${node}`, `/sys/class/input/event${node}`);
      await linkTo(place, `${place}/event${node}/device`);
      await writeAttributes(place, {
        name,
        phys: rest.phys,
        'id/vendor': vendor,
        'id/product': product,
      });
      await writeAttributes(`${place}/capabilities`, { ...(rest.capabilities ?? mouseBits) });
      await write(`/dev/input/event${node}`, '');
      for (const each of links) await link(`../event${node}`, `/dev/input/by-id/${each}`);
    },
    write,
    link,
    remove: (path) => rm(join(root, path), { recursive: true }),
  };
}

/** The same files, of which one (by the end of its path) cannot be read. */
export function failing(host: ReadFiles, name: string, code: string): ReadFiles {
  const readText = async (path: string) => {
    if (path.endsWith(name)) throw Object.assign(new Error(`${code}: ${path}`), { code });
    return host.readText(path);
  };
  return { ...host, readText };
}

const standardController = '/sys/devices/pci0000:00/0000:00:05.0';

/** Devices behind a hub lie in the hub's folder: `1-2/1-2.3`. */
function stepsTo(port: string): string {
  const [bus = '', ports = ''] = port.split('-');
  const steps = ports.split('.');
  return steps.map((_, index) => `${bus}-${steps.slice(0, index + 1).join('.')}`).join('/');
}
