/** How vfio-pci comes to have devices that the host has. */
import type { PciSurvey } from '../system/pci-survey.ts';
import type { Todo } from './check.ts';
import { isDeclared } from './declaring.ts';
import { neededNow } from './needed.ts';

/**
 * By driverctl for good; where it is not installed by libvirt, until the next start. No command for what the
 * host cannot do without.
 *
 * @param together what goes to the guest with them, and cannot go without
 */
export function takeFromHost(
  survey: PciSurvey,
  addresses: readonly string[],
  together = addresses,
): Todo {
  const needed = neededNow(survey, together);
  if (needed !== null) return { advice: needed };
  const commands = commandsFor(survey, addresses);
  if (commands === null) return { advice: `It takes ${missing}.` };
  return { remedy: commands.join(' && '), advice: keepingText(survey) };
}

/** Of what driverctl keeps, rules for udev and units of its own have to know at the start. */
function keepingText(survey: PciSurvey): string {
  const isNixos = isDeclared(survey);
  if (isKept(survey)) {
    return isNixos
      ? 'That lasts until the next start, unless `services.udev.packages` and `systemd.packages` have driverctl.'
      : '';
  }
  return `That lasts until the next start${isNixos ? '' : '; driverctl would keep it'}.`;
}

/** The same as a sentence, which a command begins with the opening. */
export function takingText(
  survey: PciSurvey,
  addresses: readonly string[],
  opening: string,
): string {
  const needed = neededNow(survey, addresses);
  if (needed !== null) return needed;
  const commands = commandsFor(survey, addresses);
  const how =
    commands === null
      ? `it takes ${missing}`
      : commands.map((command) => `\`${command}\``).join(', ');
  return `${opening}: ${how}.`;
}

const missing = 'driverctl or libvirt, of which neither is installed';

/** One for each device; null where no program for it is here. */
function commandsFor(survey: PciSurvey, addresses: readonly string[]): string[] | null {
  if (isKept(survey))
    return addresses.map((each) => `sudo driverctl set-override ${each} vfio-pci`);
  if (survey.takers?.length === 0) return null;
  return addresses.map(
    (each) =>
      `sudo virsh --connect qemu:///system nodedev-detach pci_${each.replaceAll(/[:.]/g, '_')}`,
  );
}

function isKept({ takers }: PciSurvey): boolean {
  return takers?.includes('driverctl') ?? true;
}
