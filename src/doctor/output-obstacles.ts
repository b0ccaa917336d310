/** Cards of laptops and of servers that can draw and cannot show. */
import { hasNoOutputs } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import type { Obstacle } from './obstacle.ts';

export const outputsExplanation =
  'It is a 3D controller: no output of this machine is on it, so a guest finds no display there, and Looking Glass nothing to show.';
export const outputsRemedy =
  'Give the guest a display of software (an indirect display driver), as no plug can be put into it.';

export function outputObstacles(device: PciDevice): Obstacle[] {
  if (!hasNoOutputs(device.class)) return [];
  return [
    {
      id: 'no-outputs',
      weight: 'risk',
      brief: 'it has no outputs',
      explanation: outputsExplanation,
      remedy: outputsRemedy,
    },
  ];
}
