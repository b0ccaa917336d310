/** One look at this machine's PCI devices: what they are, how they are grouped, and who uses them. */
import type { ReadFiles } from '../host/ports.ts';
import { unlessGone } from './attributes.ts';
import { boundedMap } from './bounded.ts';
import { readSystemTool, type SystemTool } from './distribution.ts';
import { type Iommu, readIommu } from './iommu.ts';
import { moduleCandidates } from './module-aliases.ts';
import { type PciDevice, pciDevices } from './pci.ts';
import { type PciNames, pciNames } from './pci-ids.ts';
import { type PciUses, pciUses } from './pci-uses.ts';
import { readingOnce } from './reading-once.ts';
import { type Unread, unlessUnread } from './unread.ts';

export type Taker = 'driverctl' | 'virsh';

export interface PciSurvey {
  devices: PciDevice[];
  names: PciNames;
  /** Modules of the running kernel that would drive each device, by address. */
  candidates: ReadonlyMap<string, readonly string[]>;
  iommu: Iommu;
  uses: PciUses;
  /** Programs here that give a device another driver: one keeps it, the other comes with libvirt. */
  takers: readonly Taker[] | null;
  /** What changes this machine's system files, on which it depends how the kernel is told something. */
  systemTool: SystemTool | null;
  /** Why parts of it could not be read: `devices`, `names`, `candidates`. */
  unread: Unread;
}

/** Reads each file once at most. Never fails: what could not be read is told in the survey. */
export async function surveyPci(files: ReadFiles): Promise<PciSurvey> {
  const host = readingOnce(files);
  const unread: Unread = {};
  const iommu = await readIommu(host);
  const found = (await unlessUnread(unread, 'devices', () => pciDevices(host))) ?? [];
  const devices = found.map((device) => withoutUnsafeGroup(device, iommu));
  const ids = new Set(devices.map(({ vendor, device }) => `${vendor}:${device}`));
  const names = await unlessUnread(unread, 'names', () => pciNames(host, ids));
  return {
    devices,
    names: names ?? { vendors: new Map(), devices: new Map() },
    candidates:
      (await unlessUnread(unread, 'candidates', () => candidatesOf(host, devices))) ?? new Map(),
    iommu,
    uses: await pciUses(host, devices),
    takers: await unlessUnread(unread, 'takers', () => takersOf(host)),
    systemTool: await readSystemTool(host),
    unread,
  };
}

/** What VFIO has put into a group of its own making is in none of the IOMMU's. */
function withoutUnsafeGroup(device: PciDevice, { unsafeGroups }: Iommu): PciDevice {
  const isUnsafe = unsafeGroups.some(({ number }) => number === device.iommuGroup);
  return isUnsafe ? { ...device, iommuGroup: null } : device;
}

const takers = ['driverctl', 'virsh'] as const;
/** The last is NixOS's. */
const programFolders = ['/usr/sbin', '/usr/bin', '/run/current-system/sw/bin'];

async function takersOf(host: ReadFiles): Promise<Taker[]> {
  const found = await boundedMap(takers, 2, async (name) => {
    const places = programFolders.map((folder) => `${folder}/${name}`);
    const there = await Promise.all(places.map((path) => unlessGone(host.factsOf(path))));
    return there.some((facts) => facts !== null) ? [name] : [];
  });
  return found.flat();
}

async function candidatesOf(
  host: ReadFiles,
  devices: readonly PciDevice[],
): Promise<Map<string, string[]>> {
  const known = devices.flatMap((each) => {
    const { address, vendor, device } = each;
    if (vendor === null || device === null || each.class === null) return [];
    const subsystemVendor = each.subsystemVendor ?? '0000';
    const subsystemDevice = each.subsystemDevice ?? '0000';
    return [{ address, vendor, device, subsystemVendor, subsystemDevice, class: each.class }];
  });
  const modules = await moduleCandidates(host, known);
  return new Map(known.map(({ address }, index) => [address, modules[index] ?? []]));
}
