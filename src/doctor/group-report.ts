/** IOMMU groups with all that is in them: what `handglass groups` shows, and prints with --json. */
import { pciSlotOf } from '../system/pci-address.ts';
import { isGraphics, isPciBridge } from '../system/pci-classes.ts';
import type { Iommu, IommuGroupFacts } from '../system/iommu.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import type { PciUse } from '../system/pci-uses.ts';
import type { Unread } from '../system/unread.ts';
import { classText, pciDeviceText } from './pci-text.ts';
import { isResetByBus } from './reset-obstacles.ts';
import { type Verdict, verdicts } from './verdict.ts';

/** Nothing is taken from this shape or changed in it without a new number; things may be added. */
export interface GroupReport {
  format: 1;
  iommu: Omit<Iommu, 'groups'>;
  /** By number. */
  groups: GroupedDevices[];
  /** What the kernel has put into no group: everything, while the IOMMU is off. */
  ungrouped: ReportedDevice[];
  /** Of graphics cards and USB controllers, by address. */
  verdicts: Verdict[];
  /** Why parts could not be read: of the PCI devices, and of what the host does with them. */
  unread: Unread;
}

export interface GroupedDevices extends Pick<IommuGroupFacts, 'number' | 'type' | 'unread'> {
  /** As a tree: each bridge before what is below it, otherwise by address. */
  devices: ReportedDevice[];
  /** What is in it and not on PCI, as the kernel calls it. */
  others: string[];
}

/** What could not be read is null, and the device's `unread` has the reason by the name of the fact. */
export interface ReportedDevice extends PciDevice {
  name: string;
  /** What kind of thing it is: `VGA controller`. */
  what: string;
  /** A root port, a port of a switch or another bridge to a bus below, which stays with the host. */
  isBridge: boolean;
  isGraphics: boolean;
  /** Whether it can be reset with all functions of its device, by the bridge above. */
  isResetByBus: boolean;
  /** Modules of the running kernel that would drive it; null where its aliases could not be read. */
  candidates: readonly string[] | null;
  uses: readonly PciUse[];
}

export function groupReport(survey: PciSurvey): GroupReport {
  const { groups, ...iommu } = survey.iommu;
  const devices = survey.devices.map((device) => reported(device, survey)).toSorted(asTree);
  const numbered = Map.groupBy(devices, ({ iommuGroup }) => iommuGroup);
  const told = new Set(groups.map(({ number }) => number));
  // Where the folder of groups cannot be read, the devices still say which they are in.
  const untold = [...numbered.keys()]
    .filter((number) => number !== null && !told.has(number))
    .map((number) => ({ number: number ?? 0, type: null, devices: [], unread: {} }));
  return {
    format: 1,
    iommu,
    groups: [...groups, ...untold].map(({ number, type, devices: members, unread }) => {
      const own = numbered.get(number) ?? [];
      const known = new Set(own.map(({ address }) => address));
      const others = members.filter((each) => !known.has(each));
      return { number, type, unread, devices: own, others };
    }),
    ungrouped: numbered.get(null) ?? [],
    verdicts: verdicts(survey),
    unread: { ...survey.unread, ...survey.uses.unread },
  };
}

function asTree(a: PciDevice, b: PciDevice): number {
  const [ours, theirs] = [a, b].map(({ bridges, address }) => [...(bridges ?? []), address]);
  return (ours ?? []).join(' ').localeCompare((theirs ?? []).join(' '), 'en');
}

function reported(device: PciDevice, survey: PciSurvey): ReportedDevice {
  const { names, candidates, uses } = survey;
  return {
    ...device,
    name: pciDeviceText(device, names),
    what: classText(device),
    isBridge: isPciBridge(device.class),
    isGraphics: isGraphics(device.class),
    isResetByBus: isResetByBus(
      device,
      survey.devices,
      survey.devices
        .map(({ address }) => address)
        .filter((address) => pciSlotOf(address) === pciSlotOf(device.address)),
    ),
    candidates: candidates.get(device.address) ?? null,
    uses: uses.byDevice.get(device.address) ?? [],
  };
}
