/** How vfio-pci comes to have devices that the host has. */
import type { PciSurvey } from '../system/pci-survey.ts';

/** By driverctl for good; where it is not installed by libvirt, until the next start. */
export function takeFromHost(
  survey: PciSurvey,
  addresses: readonly string[],
): { remedy: string; advice?: string } {
  const remedy = takingCommands(survey, addresses)
    .map((command) => `sudo ${command}`)
    .join(' && ');
  return survey.hasDriverctl === false
    ? { remedy, advice: 'That lasts until the next start; driverctl would keep it.' }
    : { remedy };
}

/** One for each device, for root. */
export function takingCommands(
  { hasDriverctl }: PciSurvey,
  addresses: readonly string[],
): string[] {
  return addresses.map((address) =>
    hasDriverctl === false
      ? `virsh --connect qemu:///system nodedev-detach pci_${address.replaceAll(/[:.]/g, '_')}`
      : `driverctl set-override ${address} vfio-pci`,
  );
}
