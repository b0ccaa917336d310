import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { byAddressText, twinOf } from './bind-at-start.ts';
import { onLine } from './kernel-line-text.ts';
import type { Obstacle } from './obstacle.ts';
import { neededAtStart } from './needed.ts';
import { idsText } from './pci-text.ts';
import { takingText } from './take-from-host.ts';

/** Whether VFIO has all that goes together, and how it comes to have it. */
export function driverObstacles(together: readonly PciDevice[], survey: PciSurvey): Obstacle[] {
  const held = together
    .filter(({ driver, unread }) => {
      if (unread['driver'] !== undefined) return false;
      return driver === null || !/vfio/.test(driver);
    })
    .toSorted((a, b) => (a.address < b.address ? -1 : 1));
  if (held.length === 0) return [];
  const holders = held.map(({ address, driver }) => `${address} has ${driver ?? 'none'}`);
  const addresses = held.map(({ address }) => address);
  const atStart = neededAtStart(survey, addresses) ?? `From the start: ${atBoot(held, survey)}.`;
  const now = takingText(survey, addresses, 'At once');
  return [
    {
      id: 'driver',
      weight: 'step',
      brief: 'vfio-pci has it',
      explanation: `It takes the driver vfio-pci, and ${holders.join(', ')}. libvirt can change that when the domain starts (managed='yes'), which a driver that is in use does not always survive.`,
      remedy: [...new Set([atStart, now])].join(' '),
    },
  ];
}

/** By ids, unless a device that stays has the same. */
function atBoot(held: readonly PciDevice[], survey: PciSurvey): string {
  const twin = twinOf(held, survey.devices);
  if (twin !== undefined) return byAddressText(twin);
  const ids = new Set(held.map(idsText));
  return onLine(survey, [`vfio-pci.ids=${[...ids].join(',')}`]);
}
