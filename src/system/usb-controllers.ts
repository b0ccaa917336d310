import { basename, dirname } from 'node:path';
import type { ReadFiles } from '../host/ports.ts';
import { attribute, linkedName, namesIn, optionalAttribute, unlessGone } from './attributes.ts';
import { nameByVfio } from './iommu.ts';
import { printable } from '../printable.ts';
import { unlessUnread } from './unread.ts';
import { interfaceFolders, speedFrom, usbFolder } from './usb.ts';

/** What this machine's USB ports hang on. */
export interface UsbController {
  /** Its PCI address, or what the kernel calls it where it is not on PCI: `vhci_hcd.0`. */
  address: string;
  isPci: boolean;
  /** What its root hubs are called: `xHCI Host Controller`. */
  name: string;
  driver: string | null;
  /** Null without an IOMMU. */
  iommuGroup: IommuGroup | null;
  /** How the kernel can reset it, after its `reset_method`; none where it cannot. */
  resetMethods: string[];
  buses: UsbBus[];
}

export interface IommuGroup {
  number: number;
  /** What else would have to be passed on with it: PCI addresses, bridges aside. */
  others: string[];
}

export interface UsbBus {
  number: number;
  /** Megabits in a second; null where the kernel does not know. */
  speedMbps: number | null;
}

/** A place to plug a device in, whether one is there or not. */
export interface UsbPort {
  /** As a device on it has it: `1-2.3`. */
  port: string;
  /** `hotplug`, `hardwired`, `not used` or `unknown`, as the firmware says. */
  connectType: string;
}

/** Every USB controller that has a root hub now, by address. */
export async function usbControllers(host: ReadFiles): Promise<UsbController[]> {
  const hubs = (await namesIn(host, usbFolder)).filter((name) => /^usb\d+$/.test(name));
  const found = new Map<string, UsbController>();
  for (const hub of hubs) {
    const controller = await unlessGone(readController(host, `${usbFolder}/${hub}`));
    if (controller === null) continue;
    const { address, buses } = controller;
    const known = found.get(address);
    if (known === undefined) found.set(address, controller);
    else known.buses.push(...buses);
  }
  for (const { buses } of found.values()) buses.sort((a, b) => a.number - b.number);
  return [...found.values()].toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

/**
 * Every port of every hub, root hubs included. `usb1-port2` in a root hub's interface is port `1-2`,
 * `1-2-port3` in that of another hub is `1-2.3`.
 */
export async function usbPorts(host: ReadFiles): Promise<UsbPort[]> {
  const names = await namesIn(host, usbFolder);
  const hubs = names.filter((name) => /^(usb\d+|\d+-[\d.]+)$/.test(name));
  const ports = await Promise.all(
    hubs.map(async (hub) => (await unlessGone(portsOf(host, `${usbFolder}/${hub}`))) ?? []),
  );
  return ports.flat();
}

/** With the one bus of this root hub. */
async function readController(host: ReadFiles, hub: string): Promise<UsbController> {
  const folder = dirname(await host.realPath(hub));
  const resets = await optionalAttribute(host, `${folder}/reset_method`);
  return {
    address: basename(folder),
    isPci: (await linkedName(host, `${folder}/subsystem`)) === 'pci',
    name: printable(await optionalAttribute(host, `${hub}/product`)) || basename(folder),
    driver: await linkedName(host, `${folder}/driver`),
    iommuGroup: await iommuGroupOf(host, folder),
    resetMethods: resets.split(/\s+/).filter(Boolean),
    buses: [
      {
        number: Number(await attribute(host, `${hub}/busnum`)),
        speedMbps: speedFrom(await optionalAttribute(host, `${hub}/speed`)),
      },
    ],
  };
}

async function iommuGroupOf(host: ReadFiles, folder: string): Promise<IommuGroup | null> {
  const group = await linkedName(host, `${folder}/iommu_group`);
  if (group === null) return null;
  if ((await optionalAttribute(host, `${folder}/iommu_group/name`)) === nameByVfio) return null;
  const others: string[] = [];
  const members = `${folder}/iommu_group/devices`;
  for (const address of await namesIn(host, members)) {
    if (address === basename(folder)) continue;
    if (!(await isBridge(host, `${members}/${address}`))) others.push(address);
  }
  return { number: Number(group), others };
}

/** VFIO leaves bridges between PCI buses (class 0604) with the host. */
async function isBridge(host: ReadFiles, device: string): Promise<boolean> {
  return (await optionalAttribute(host, `${device}/class`)).startsWith('0x0604');
}

async function portsOf(host: ReadFiles, hub: string): Promise<UsbPort[]> {
  const ports: UsbPort[] = [];
  for (const folder of await interfaceFolders(host, hub)) {
    for (const name of await host.listFolder(folder)) {
      const port = portCalled(name);
      if (port === null) continue;
      const file = `${folder}/${name}/connect_type`;
      const connectType = await unlessUnread({}, port, () => optionalAttribute(host, file));
      ports.push({ port, connectType: connectType || 'unknown' });
    }
  }
  return ports;
}

function portCalled(name: string): string | null {
  const [, bus, hub, number] = /^(?:usb(\d+)|(\d+-[\d.]+))-port(\d+)$/.exec(name) ?? [];
  if (number === undefined) return null;
  return hub === undefined ? `${bus}-${number}` : `${hub}.${number}`;
}
