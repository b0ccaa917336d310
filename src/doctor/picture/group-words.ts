/** Words for what the list and the picture of IOMMU groups both tell. */
import type { GroupReport, ReportedDevice } from '../group-report.ts';
import type { PciUse } from '../../system/pci-uses.ts';

const kinds = { intel: 'Intel', amd: 'AMD', 'arm-smmu': 'ARM SMMU', virtio: 'virtio', other: '' };

/** `IOMMU on (Intel), interrupts remapped, 14 groups`. */
export function iommuText({ iommu, groups }: GroupReport): string {
  if (iommu.isOn === null) return 'IOMMU: nobody says whether it is on';
  if (!iommu.isOn) return 'IOMMU off';
  const kind = iommu.kind === null ? '' : kinds[iommu.kind];
  const interrupts = {
    true: ', interrupts remapped',
    false: ', interrupts not remapped',
    null: '',
  }[`${iommu.interruptRemapping}`];
  const count = groups.length === 1 ? '1 group' : `${groups.length} groups`;
  return `IOMMU on${kind === '' ? '' : ` (${kind})`}${interrupts}, ${count}`;
}

/** What matters of a device besides its name, in a few words each. */
export function flagsOf(device: ReportedDevice): string[] {
  const { bootVga, powerState, uses, unread } = device;
  return [
    ...(bootVga === true ? ['boot display'] : []),
    ...new Set(uses.map(useText)),
    ...(powerState === 'D3cold' ? ['off'] : []),
    ...(isEverGiven(device) ? [resetText(device)] : []),
    ...(Object.keys(unread).length > 0 ? ['not all of it could be read'] : []),
  ].filter(Boolean);
}

/** Storage, network, graphics, sound and USB: nobody gives the rest to a guest. */
function isEverGiven(device: ReportedDevice): boolean {
  return /^(0[1-4]|0c03)/.test(device.class ?? '');
}

function resetText({ canReset, resetMethods, isResetByBus }: ReportedDevice): string {
  if (canReset === null) return '';
  if (!canReset) return isResetByBus ? 'reset with its bus' : 'no reset';
  return resetMethods === null ? 'reset' : `reset by ${resetMethods.join(', ')}`;
}

/** A bridge to a bus or the processor, which stays with the host whatever goes. */
export function staysAnyway(device: ReportedDevice): boolean {
  return device.isBridge || device.class?.startsWith('0600') === true;
}

function useText(use: PciUse): string {
  if (use.kind === 'display') return `display on ${use.connector.replace(/^card\d+-/, '')}`;
  if (use.kind === 'firmware-screen') return 'screen of the firmware';
  if (use.kind === 'disk') {
    return use.use.kind === 'mounted' ? `mounted ${use.use.places.join(' ')}` : 'disk in use';
  }
  if (use.kind === 'network') return `network ${use.through ?? use.interface}`;
  if (use.kind === 'input') return use.what;
  return use.kind === 'usb' ? 'USB devices' : 'sound';
}
