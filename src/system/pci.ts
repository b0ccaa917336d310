/** What the kernel says of PCI devices. Nothing here wakes a device that sleeps. */
import { basename } from 'node:path';
import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn } from './attributes.ts';
import { boundedMap } from './bounded.ts';
import { barsFrom, type PciBar, resizesFrom } from './pci-bars.ts';
import { isPciAddress, pciAddressesIn } from './pci-address.ts';
import { printable } from '../printable.ts';
import { expected, type Unread, unlessUnread } from './unread.ts';

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface PciDevice {
  /** `0000:01:00.0`. */
  address: string;
  /** Four lower-case hexadecimal digits each. */
  vendor: string | null;
  device: string | null;
  subsystemVendor: string | null;
  subsystemDevice: string | null;
  /** Six digits: base class, subclass, interface. */
  class: string | null;
  /** Two digits. */
  revision: string | null;
  /** The driver in use; null where it has none. */
  driver: string | null;
  /** The only driver that may have it; null where any may that fits. */
  driverOverride: string | null;
  /** Null where the IOMMU is off, or does not know it. */
  iommuGroup: number | null;
  /** Addresses of the bridges above it, from the root down; none on a root bus. */
  bridges: string[] | null;
  /** Null where the machine has but one node, or does not tell. */
  numaNode: number | null;
  /** Whether the firmware showed its screen on it; null of what is no graphics. */
  bootVga: boolean | null;
  /** Whether the kernel can reset it alone. */
  canReset: boolean | null;
  /** How, best first; null where the kernel is older than 5.15 and does not say. */
  resetMethods: string[] | null;
  /** `D0`, or `D3cold` while it is off. */
  powerState: string | null;
  /** Whether it may use message signalled interrupts. */
  msiAllowed: boolean | null;
  /** Which it uses now, and how many; null where it has none. */
  msi: { kind: string; vectors: number } | null;
  bars: PciBar[] | null;
  /** Whether it has an option ROM to be read. */
  hasRom: boolean | null;
  unread: Unread;
}

/** Every PCI device, by address; one that goes while it is read is left out. */
export async function pciDevices(host: ReadFiles): Promise<PciDevice[]> {
  const addresses = (await namesIn(host, pciFolder)).filter(isPciAddress);
  const devices = await boundedMap(addresses, 8, (address) => readDevice(host, address));
  return devices.filter((device) => device !== null);
}

const pciFolder = '/sys/bus/pci/devices';

async function readDevice(host: ReadFiles, address: string): Promise<PciDevice | null> {
  const folder = `${pciFolder}/${address}`;
  const unread: Unread = {};
  let gone = false;
  const names = await unlessUnread(unread, 'folder', async () => {
    try {
      return new Set(await host.listFolder(folder));
    } catch (error) {
      gone = isErrno(error, 'ENOENT', 'ENODEV');
      throw error;
    }
  });
  if (gone) return null;

  const has = (name: string) => names === null || names.has(name);
  /** A fact of a file that not every device has: null without it. */
  const optional = <T>(fact: string, name: string, from: (text: string) => T) =>
    has(name)
      ? unlessUnread(unread, fact, async () => from(await attribute(host, `${folder}/${name}`)))
      : null;
  const required = <T>(fact: string, name: string, from: (text: string) => T) =>
    unlessUnread(unread, fact, async () => from(await attribute(host, `${folder}/${name}`)));
  const linked = (fact: string, name: string) =>
    has(name)
      ? unlessUnread(unread, fact, async () =>
          printable(basename(await host.readLink(`${folder}/${name}`))),
        )
      : null;
  const powerState = await optional('powerState', 'power_state', wordFrom);
  const group = await linked('iommuGroup', 'iommu_group');

  return {
    address,
    vendor: await required('vendor', 'vendor', idFrom),
    device: await required('device', 'device', idFrom),
    subsystemVendor: await optional('subsystemVendor', 'subsystem_vendor', idFrom),
    subsystemDevice: await optional('subsystemDevice', 'subsystem_device', idFrom),
    class: await required('class', 'class', (text) => hex(text, 6)),
    revision: await optional('revision', 'revision', (text) => hex(text, 2)),
    driver: await linked('driver', 'driver'),
    driverOverride: await optional('driverOverride', 'driver_override', overrideFrom),
    iommuGroup:
      group === null
        ? null
        : await unlessUnread(unread, 'iommuGroup', () => Number(expected(group, /^(\d+)$/))),
    bridges: await unlessUnread(unread, 'bridges', async () =>
      bridgesIn(await host.readLink(folder), address),
    ),
    numaNode: await optional('numaNode', 'numa_node', nodeFrom),
    bootVga: await optional('bootVga', 'boot_vga', switchFrom),
    ...(await readResets()),
    powerState,
    msiAllowed: await optional('msiAllowed', 'msi_bus', switchFrom),
    msi: has('msi_irqs') ? await unlessUnread(unread, 'msi', readMsi) : null,
    bars: await unlessUnread(unread, 'bars', readBars),
    hasRom: names?.has('rom') ?? null,
    unread,
  };

  /** The kernel has both files for what it can reset, and one of them since 5.15. */
  async function readResets(): Promise<Pick<PciDevice, 'canReset' | 'resetMethods'>> {
    if (names === null) return { canReset: null, resetMethods: null };
    if (!names.has('reset_method')) {
      const canReset = names.has('reset');
      return { canReset, resetMethods: canReset ? null : [] };
    }
    const methods = await required('resetMethods', 'reset_method', methodsFrom);
    return { canReset: methods === null ? null : methods.length > 0, resetMethods: methods };
  }

  async function readMsi(): Promise<PciDevice['msi']> {
    const vectors = await namesIn(host, `${folder}/msi_irqs`);
    if (vectors[0] === undefined) return null;
    const kind = await attribute(host, `${folder}/msi_irqs/${vectors[0]}`);
    return { kind: expected(kind, /^(msix?)$/), vectors: vectors.length };
  }

  async function readBars(): Promise<PciBar[]> {
    const bars = barsFrom(await attribute(host, `${folder}/resource`));
    // The kernel has to wake a device to read what sizes it could have.
    if (powerState?.startsWith('D3')) return bars;
    for (const bar of bars) {
      const name = `resource${bar.number}_resize`;
      if (names?.has(name)) {
        bar.resizableTo = await required(name, name, resizesFrom);
      }
    }
    return bars;
  }
}

function idFrom(text: string): string {
  return hex(text, 4);
}

function hex(text: string, digits: number): string {
  return expected(text, new RegExp(`^0x([\\da-f]{${digits}})$`, 'i')).toLowerCase();
}

function switchFrom(text: string): boolean {
  return expected(text, /^([01])$/) === '1';
}

/** The kernel says -1 where there are no nodes to choose from. */
function nodeFrom(text: string): number | null {
  const node = Number(expected(text, /^(-?\d+)$/));
  return node < 0 ? null : node;
}

function wordFrom(text: string): string {
  return expected(text, /^([\w-]+)$/);
}

function overrideFrom(text: string): string | null {
  return text === '' || text === '(null)' ? null : wordFrom(text);
}

function methodsFrom(text: string): string[] {
  const methods = text.split(/\s+/).filter(Boolean);
  for (const method of methods) wordFrom(method);
  return methods;
}

function bridgesIn(path: string, address: string): string[] {
  const addresses = pciAddressesIn(path);
  if (addresses.at(-1) !== address) throw new Error(`unexpected link "${path}"`);
  return addresses.slice(0, -1);
}
