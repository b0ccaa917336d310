import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { isForVfio } from './vfio-drivers.ts';
import { lettingGraphicsIn, unsafeModeText } from './iommu-obstacles.ts';
import { changingLine } from './kernel-line-text.ts';
import { lossesOf } from './losses.ts';
import type { Obstacle } from './obstacle.ts';
import { pciDeviceText } from './pci-text.ts';
import { takingText } from './take-from-host.ts';

/** What comes of the group that a device is in, while the IOMMU is on. */
export function groupObstacles(
  device: PciDevice,
  foreign: readonly PciDevice[],
  survey: PciSurvey,
): Obstacle[] {
  if (device.iommuGroup === null) {
    if (device.unread['iommuGroup'] !== undefined) return [];
    const isUnsafe = survey.iommu.unsafeGroups.some(({ devices }) =>
      devices.includes(device.address),
    );
    const leaving = survey.iommu.parameters?.find((word) => /^intel_iommu=.*igfx_off/.test(word));
    return [
      {
        id: 'no-group',
        weight: 'blocks',
        brief: 'it is in no IOMMU group',
        explanation: `The IOMMU is on and this device is in none of its groups, so nothing holds it in check.${isUnsafe ? unsafeModeText : ''}`,
        remedy:
          leaving === undefined
            ? 'Another slot may be behind the IOMMU.'
            : `\`${leaving}\` leaves the processor's graphics out. ${changingLine(survey, lettingGraphicsIn(leaving))}`,
      },
    ];
  }
  const known = new Set(
    survey.devices
      .filter(({ iommuGroup }) => iommuGroup === device.iommuGroup)
      .map(({ address }) => address),
  );
  const unknown = survey.iommu.groups
    .find(({ number }) => number === device.iommuGroup)
    ?.devices.filter((each) => !known.has(each));
  if (unknown !== undefined && unknown.length > 0) {
    const list = unknown.join(', ');
    return [
      {
        id: 'group-shared',
        weight: 'unknown',
        brief: `shares its group with ${list}`,
        explanation: `Its group has also ${list}, which is not on PCI, or could not be read.`,
        remedy: 'Look again as root.',
      },
    ];
  }
  if (foreign.length === 0) return [];
  const list = foreign.map((each) => `${each.address} (${pciDeviceText(each, survey.names)})`);
  const explanation = `A group goes as a whole, and this one has also ${list.join(', ')}.`;
  const held = foreign.filter(({ driver }) => driver !== null && !isForVfio(driver));
  if (held.length === 0) {
    return [
      {
        id: 'group-goes-along',
        weight: 'risk',
        brief: `${others(foreign.length)} of its group can serve no one else`,
        explanation,
        remedy: 'Give them to the same guest, or leave them unused.',
      },
    ];
  }
  const used = lossesOf(
    held.map(({ address }) => address),
    survey,
  ).filter(({ keeps }) => keeps !== null);
  const needed = used.map(({ what }) => what);
  const taking = takingText(
    survey,
    held.map(({ address }) => address),
    'Give these to the same guest too, or take them from their drivers',
  );
  const split =
    'Use a slot or controller of another group. A kernel with the ACS patch and `pcie_acs_override=downstream,multifunction` would claim smaller groups, and then nothing keeps these devices from each other.';
  return [
    {
      id: 'group-shared',
      weight: 'blocks',
      brief: `shares its group with ${others(held.length)} of the host`,
      explanation: `${explanation}${needed.length === 0 ? '' : ` The host needs of that: ${needed.join('; ')}.`}`,
      remedy: needed.length === 0 ? taking : split,
    },
  ];
}

function others(count: number): string {
  return count === 1 ? '1 other' : `${count} others`;
}

/** What a guest may have at most, as RHEL supports it. */
const mostDevices = 32;

/** @param count how many devices would go together */
export function groupSizeObstacles(count: number): Obstacle[] {
  if (count <= mostDevices) return [];
  return [
    {
      id: 'too-many',
      weight: 'blocks',
      brief: `${count} devices go together`,
      explanation: `A guest takes ${mostDevices} devices of the host at most, and ${count} would go together.`,
      remedy: 'Another slot may have a smaller group.',
    },
  ];
}
