/** What the host cannot do without of devices that a command would take from it. */
import { isGraphics } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { isForVfio } from './vfio-drivers.ts';
import { hasOtherDisplay, type Loss, lossesOf } from './losses.ts';
import { idsText } from './pci-text.ts';

/** Why they are not to be taken while the machine runs, as a sentence; null where they can be. */
export function neededNow(survey: PciSurvey, addresses: readonly string[]): string | null {
  const needed = neededText(survey, keptOf(survey, addresses));
  if (needed !== null || hasOtherDisplay(survey, addresses)) return needed;
  return muteText(survey, addresses);
}

/** Why vfio-pci is not to have the devices with these ids from the start on; null where it can. */
export function idsNeededAtStart(survey: PciSurvey, ids: readonly string[]): string | null {
  const own = survey.devices.filter((device) => ids.includes(idsText(device)));
  return own.length === 0
    ? null
    : neededAtStart(
        survey,
        own.map(({ address }) => address),
      );
}

/**
 * Why vfio-pci is not to have these devices from the start on, as a sentence; null where it can. A display
 * is no reason as long as another card has one, nor a driver that does not tell of it where another card
 * is left.
 */
export function neededAtStart(survey: PciSurvey, addresses: readonly string[]): string | null {
  const hasOther = hasOtherDisplay(survey, addresses);
  const kept = keptOf(survey, addresses).filter(({ kind }) => kind !== 'display' || !hasOther);
  const needed = neededText(survey, kept);
  const isLeft = survey.devices.some(
    (device) => isHostCard(device, survey) && !addresses.includes(device.address),
  );
  return needed !== null || hasOther || isLeft ? needed : muteText(survey, addresses);
}

/** Of a card whose driver shows no connectors. */
function muteText(survey: PciSurvey, addresses: readonly string[]): string | null {
  const mute = survey.devices.find(
    (device) => addresses.includes(device.address) && isMute(device, survey),
  );
  if (mute === undefined) return null;
  return `The driver ${mute.driver} does not say whether the host has a display on it: see that first.`;
}

/** Whether the host may have a display on it of which its driver does not tell. */
export function isMute(device: PciDevice, survey: PciSurvey): boolean {
  return (
    device.driver !== null &&
    isHostCard(device, survey) &&
    !survey.uses.withConnectors.has(device.address)
  );
}

/** Without a driver the host can still show on what the firmware has left. */
function isHostCard(
  { address, class: code, driver, bootVga }: PciDevice,
  { uses }: PciSurvey,
): boolean {
  if (!isGraphics(code) || bootVga === null) return false;
  if (driver !== null) return !isForVfio(driver);
  return uses.byDevice.get(address)?.some(({ kind }) => kind === 'firmware-screen') === true;
}

function keptOf(survey: PciSurvey, addresses: readonly string[]): Loss[] {
  return lossesOf(addresses, survey).filter(({ keeps }) => keeps !== null);
}

function neededText({ uses }: PciSurvey, kept: readonly Loss[]): string | null {
  if (kept.length > 0) {
    return `The host would lose ${kept.map(({ what }) => what).join('; ')}: see to that first.`;
  }
  const [unseen] = Object.values(uses.unread);
  return unseen === undefined
    ? null
    : `It could not be read what the host does with it (${unseen}): see that first.`;
}
