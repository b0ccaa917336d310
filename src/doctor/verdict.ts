/** Whether a device can be given to a guest now, what stands in the way, and what the host would lose. */
import { pciSlotOf } from '../system/pci-address.ts';
import {
  isGraphics,
  isHostBridge,
  isPciBridge,
  isSound,
  isUsbController,
} from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { driverObstacles } from './driver-obstacles.ts';
import { groupObstacles, groupSizeObstacles } from './group-obstacles.ts';
import { iommuObstacles } from './iommu-obstacles.ts';
import { type Loss, lossesOf } from './losses.ts';
import type { Obstacle } from './obstacle.ts';
import { outputObstacles } from './output-obstacles.ts';
import { pciDeviceText } from './pci-text.ts';
import { resetObstacles } from './reset-obstacles.ts';
import { displayObstacles, unreadObstacles, useObstacles } from './use-obstacles.ts';

export interface Verdict {
  address: string;
  /** As people call it. */
  name: string;
  kind: 'graphics' | 'usb';
  /** `ready`: it can go now. `prepare`: once the steps among the obstacles are done. */
  answer: 'ready' | 'prepare' | 'stays' | 'unknown';
  /** The answer in a few words, with why. */
  brief: string;
  /** Addresses of what goes with it: its own functions. */
  together: string[];
  /** Addresses of what else is in their groups, bridges aside. */
  foreign: string[];
  /** The gravest first. */
  obstacles: Obstacle[];
  losses: Loss[];
}

/** Of every graphics card and USB controller, by address; a card's own USB port goes with the card. */
export function verdicts(survey: PciSurvey): Verdict[] {
  const { devices } = survey;
  const cards = devices.filter((each) => isGraphics(each.class));
  const ofCards = new Set(
    cards.flatMap((card) =>
      companionsOf(card, devices).filter(({ vendor }) => vendor === card.vendor),
    ),
  );
  const controllers = devices.filter((each) => isUsbController(each.class) && !ofCards.has(each));
  return [...cards, ...controllers]
    .map((device) => verdictOf(device, survey))
    .toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

function verdictOf(device: PciDevice, survey: PciSurvey): Verdict {
  const { devices, names } = survey;
  const together = [device, ...companionsOf(device, devices)];
  const foreign = foreignTo(together, devices);
  const addresses = together.map(({ address }) => address);
  const losses = lossesOf(addresses, survey);
  const obstacles = [
    ...iommuObstacles(survey),
    ...unreadObstacles(together, survey),
    ...(survey.iommu.isOn === true ? groupObstacles(device, foreign, survey) : []),
    ...groupSizeObstacles(together.length + foreign.length),
    ...useObstacles(losses),
    ...driverObstacles(together, survey),
    ...displayObstacles(device, losses, survey),
    ...outputObstacles(device),
    ...resetObstacles(device, survey, [...addresses, ...foreign.map(({ address }) => address)]),
  ].toSorted((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight));
  return {
    address: device.address,
    name: pciDeviceText(device, names),
    kind: isGraphics(device.class) ? 'graphics' : 'usb',
    ...answerFrom(obstacles),
    together: addresses.slice(1),
    foreign: foreign.map(({ address }) => address),
    obstacles,
    losses,
  };
}

const weights: readonly Obstacle['weight'][] = ['blocks', 'unknown', 'step', 'risk'];

const openings = {
  blocks: ['stays', 'stays: '],
  unknown: ['unknown', 'unknown: '],
  step: ['prepare', 'can go once '],
  risk: ['ready', 'can go, but '],
} as const;

function answerFrom(obstacles: readonly Obstacle[]): Pick<Verdict, 'answer' | 'brief'> {
  const gravest = obstacles[0]?.weight;
  if (gravest === undefined) return { answer: 'ready', brief: 'can go' };
  const [answer, opening] = openings[gravest];
  const briefs = obstacles.filter(({ weight }) => weight === gravest).map(({ brief }) => brief);
  return { answer, brief: `${opening}${[...new Set(briefs)].join(', ')}` };
}

/**
 * Its other functions in its group; of a card also its sound where that has a group of its own. While
 * nothing is in groups, what is of the same vendor: a processor's graphics share their slot with much.
 */
function companionsOf(device: PciDevice, devices: readonly PciDevice[]): PciDevice[] {
  const slot = `${pciSlotOf(device.address)}.`;
  return devices.filter(
    (each) =>
      each.address.startsWith(slot) &&
      each !== device &&
      !isPciBridge(each.class) &&
      (device.iommuGroup === null
        ? isGraphics(device.class) && each.vendor === device.vendor
        : each.iommuGroup === device.iommuGroup ||
          (isGraphics(device.class) && isSound(each.class))),
  );
}

/** A bridge to PCI stays with its driver; one to the processor counts only where a driver has it. */
function foreignTo(together: readonly PciDevice[], devices: readonly PciDevice[]): PciDevice[] {
  const groups = new Set(together.map(({ iommuGroup }) => iommuGroup));
  return devices.filter(
    (each) =>
      each.iommuGroup !== null &&
      groups.has(each.iommuGroup) &&
      !together.includes(each) &&
      !isPciBridge(each.class) &&
      !(isHostBridge(each.class) && each.driver === null),
  );
}
