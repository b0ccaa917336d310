import { pciBusOf } from '../system/pci-address.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { vendorResetText } from './module-commands.ts';
import type { Obstacle } from './obstacle.ts';

/**
 * Whether VFIO can reset a device by the bridge above it, which takes all that is on its bus: a guest
 * has to have all of it. Above a root bus there is none.
 *
 * @param together addresses of what the guest has with it
 */
export function isResetByBus(
  device: PciDevice,
  devices: readonly PciDevice[],
  together: readonly string[],
): boolean {
  return (
    (device.bridges ?? []).length > 0 && strangersOnBus(device, devices, together).length === 0
  );
}

export function resetObstacles(
  device: PciDevice,
  survey: PciSurvey,
  together: readonly string[],
): Obstacle[] {
  const { devices } = survey;
  // So it is with vendor-reset alone: the kernel has no such way for any of them.
  if (device.resetMethods?.includes('device_specific') === true) return [];
  if (isOfHardFamily(device)) return [hardFamily(device, survey)];
  const { canReset, bridges } = device;
  if (canReset !== false || bridges === null || isResetByBus(device, devices, together)) return [];
  const [stranger] = bridges.length > 0 ? strangersOnBus(device, devices, together) : [];
  const why =
    stranger === undefined
      ? 'The kernel cannot reset it'
      : `The kernel cannot reset it alone, nor its bus while ${stranger.address} is not with the same guest`;
  return [
    {
      id: 'no-reset',
      weight: 'risk',
      brief: 'it has no reset',
      explanation: `${why}, so it may serve but once: after the guest ends, the host or the next guest finds it as it was left.`,
      remedy: `${stranger === undefined ? 'Start' : 'Give the guest all that is on its bus, start'} the machine anew between two uses, or use another device.`,
    },
  ];
}

/**
 * Device ids of AMD's cards whose reset returns and leaves the card as it was: Vega 20, Polaris, Vega
 * 10, Navi 10, 14 and 12.
 */
const hardFamilies = [
  [0x66a0, 0x66af],
  [0x67c0, 0x67ff],
  [0x6860, 0x687f],
  [0x6980, 0x699f],
  [0x7310, 0x731f],
  [0x7340, 0x734f],
  [0x7360, 0x7362],
] as const;

export function isOfHardFamily({ vendor, device }: PciDevice): boolean {
  if (vendor !== '1002' || device === null) return false;
  const id = Number.parseInt(device, 16);
  return hardFamilies.some(([first, last]) => first <= id && id <= last);
}

function hardFamily(card: PciDevice, survey: PciSurvey): Obstacle {
  const { vendor, device } = card;
  const path = `PCI\\VEN_${vendor}&DEV_${device?.toUpperCase()}`;
  return {
    id: 'no-reset',
    weight: 'risk',
    brief: 'cards like it do not reset',
    explanation:
      'Cards of its family do not come back from a reset, so it may serve but once: after the guest ends, the host or the next guest finds it as it was left.',
    remedy: `Let the guest eject it before it shuts down (\`handglass-guest install --eject "${path}"\` in Windows), or ${vendorReset(card, survey)}.`,
  };
}

/** From Linux 5.15 on the kernel asks it only where it is chosen, which no card without any reset has a file for. */
function vendorReset({ address, resetMethods }: PciDevice, survey: PciSurvey): string {
  const text = vendorResetText(survey);
  if (resetMethods === null) return text;
  return resetMethods.length === 0
    ? `with a Linux before 5.15 ${text}`
    : `${text}, and then run \`${chooseDeviceSpecific(address)}\``;
}

/** The command by which vendor-reset resets a card until the next start. */
export function chooseDeviceSpecific(address: string): string {
  return `echo device_specific | sudo tee /sys/bus/pci/devices/${address}/reset_method`;
}

function strangersOnBus(
  device: PciDevice,
  devices: readonly PciDevice[],
  together: readonly string[],
): PciDevice[] {
  const bus = `${pciBusOf(device.address)}:`;
  return devices.filter(
    (each) => each !== device && each.address.startsWith(bus) && !together.includes(each.address),
  );
}
