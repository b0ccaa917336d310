/** What the host itself does with a device, as far as it can be seen. */
import { isGraphics } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { onLine } from './kernel-line-text.ts';
import { isMute } from './needed.ts';
import { isForVfio } from './vfio-drivers.ts';
import type { Loss } from './losses.ts';
import type { Obstacle } from './obstacle.ts';

export function useObstacles(losses: readonly Loss[]): Obstacle[] {
  const kept = losses.filter(({ keeps }) => keeps !== null);
  return [...Map.groupBy(kept, ({ remedy }) => remedy).values()].map((alike) => ({
    id: 'in-use',
    weight: 'blocks',
    brief: alike[0]?.keeps ?? '',
    explanation: `The host uses ${alike.map(({ what }) => what).join(', ')}.`,
    remedy: alike[0]?.remedy ?? '',
  }));
}

export function unreadObstacles(together: readonly PciDevice[], { uses }: PciSurvey): Obstacle[] {
  const obstacles: Obstacle[] = [];
  const unseen = Object.entries(uses.unread).map(([kind, reason]) => `${kind} (${reason})`);
  if (unseen.length > 0) {
    obstacles.push({
      id: 'use-unknown',
      weight: 'unknown',
      brief: 'nobody says what the host does with it',
      explanation: `It could not be read what the host uses of: ${unseen.join(', ')}.`,
      remedy: 'Look again as root.',
    });
  }
  const facts = together.flatMap(({ address, unread }) =>
    ['folder', 'class', 'driver', 'iommuGroup', 'resetMethods', 'bridges']
      .filter((fact) => unread[fact] !== undefined)
      .map((fact) => `${fact} of ${address} (${unread[fact]})`),
  );
  if (facts.length > 0) {
    obstacles.push({
      id: 'facts-unknown',
      weight: 'unknown',
      brief: 'the kernel does not say all of it',
      explanation: `It could not be read: ${facts.join(', ')}.`,
      remedy: 'Look again as root.',
    });
  }
  return obstacles;
}

/** Of a graphics card: a display that is connected says more, and is told of as a loss. */
export function displayObstacles(
  device: PciDevice,
  losses: readonly Loss[],
  survey: PciSurvey,
): Obstacle[] {
  if (!isGraphics(device.class) || losses.some(({ kind }) => kind === 'display')) return [];
  const { driver, bootVga } = device;
  if (isMute(device, survey)) {
    return [
      {
        id: 'use-unknown',
        weight: 'unknown',
        brief: 'its driver does not say whether a display is on it',
        explanation: `The driver ${driver} shows no connectors of it, so whether the host has a display on it is not known.`,
        remedy:
          driver === 'nvidia'
            ? `With ${onLine(survey, ['nvidia-drm.modeset=1'])} it does; or look at the back of the machine.`
            : 'Look at the back of the machine.',
      },
    ];
  }
  if (bootVga !== true) return [];
  const isHeld = driver !== null && !isForVfio(driver);
  const isNeeded = losses.some(({ kind, keeps }) => kind === 'firmware-screen' && keeps !== null);
  return [
    {
      id: 'boot-display',
      weight: 'risk',
      brief: 'the machine starts on it',
      explanation:
        'The firmware shows its screen on this card, so the kernel may hold a part of its memory, and its ROM may read as the firmware left it.',
      remedy: `Choose another card as the first in the firmware's setup${isHeld || isNeeded ? '' : ', or start the kernel with `video=efifb:off`'}, and give the domain a ROM file.`,
    },
  ];
}
