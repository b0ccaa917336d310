/**
 * A machine's USB and input devices as the kernel and udev lay them out, in a temporary folder:
 *
 *     /sys/bus/usb/devices/1-2.3     -> ../../../devices/pci0000:00/0000:00:05.0/usb1/1-2/1-2.3
 *     /sys/class/input/event4        -> ../../devices/…/1-2.3/1-2.3:1.0/input/input4/event4
 *     …/input/input4/event4/device   -> ../../input4
 *     /dev/input/by-id/usb-…-kbd     -> ../event4
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import type { ReadFiles, SetMode, WatchFolder } from '../../src/host/ports.ts';
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
  host: ReadFiles & WatchFolder & SetMode;
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

  return {
    root,
    host: filesUnder(root, () => {}),
    async plugUsb({ port, device, vendor = '0627', product = '0001', ...texts }) {
      const place = usbPlace(port);
      await linkTo(place, `/sys/bus/usb/devices/${port}`);
      await linkTo(`${place}/${port}:1.0`, `/sys/bus/usb/devices/${port}:1.0`);
      await writeAttributes(place, {
        idVendor: vendor,
        idProduct: product,
        busnum: port.split('-')[0],
        devnum: device,
        serial: texts.serial,
        manufacturer: texts.manufacturer,
        product: texts.model,
      });
    },
    async unplugUsb(port) {
      await rm(join(root, `/sys/bus/usb/devices/${port}`));
      await rm(join(root, `/sys/bus/usb/devices/${port}:1.0`));
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

/** Devices behind a hub lie in the hub's folder: `1-2.3` in `usb1/1-2`. */
function usbPlace(port: string): string {
  const [bus = '', ports = ''] = port.split('-');
  const steps = ports
    .split('.')
    .map((_, index, all) => `${bus}-${all.slice(0, index + 1).join('.')}`);
  return `/sys/devices/pci0000:00/0000:00:05.0/usb${bus}/${steps.join('/')}`;
}
