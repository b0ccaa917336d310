/** What a guest sees of the hypervisor. */
import type { DomainXml } from '../libvirt/domain-xml.ts';
import { isGraphics } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import { about, type Check, type Finding, ok, problem, warning } from './check.ts';
import { eachDomain, editCommand } from './each-domain.ts';
import type { Facts } from './facts.ts';

export const domainHypervisorChecks: Check[] = [
  { id: 'domain.hidden', title: 'Hypervisor that NVIDIA drivers see', look: eachDomain(hidden) },
  { id: 'domain.vendor-id', title: 'Name of the hypervisor', look: eachDomain(vendorId) },
];

/** Fermi and older, whose last drivers (391) came before those that run in a guest (465). */
function isOldNvidia({ vendor, device }: PciDevice): boolean {
  if (vendor !== '10de' || device === null) return false;
  const id = Number.parseInt(device, 16);
  return id < 0x0fc0 || (id >= 0x1040 && id < 0x1180) || (id >= 0x1200 && id <= 0x1251);
}

function hidden(xml: DomainXml, { pci }: Facts): Finding | Finding[] {
  const cards = pci.devices.filter(
    (device) =>
      device.vendor === '10de' &&
      isGraphics(device.class) &&
      xml.pci.some(({ address }) => address === device.address),
  );
  if (cards.length === 0) return [];
  const isHidden = xml.isHidden && xml.vendorId !== null;
  if (isHidden) return ok('NVIDIA drivers of any age start in it.');
  const old = cards.find(isOldNvidia);
  if (old === undefined) {
    return ok('NVIDIA drivers from 465 on start in it; older ones end with error 43.');
  }
  return about(
    old.address,
    warning(`No driver of this card starts where it sees a hypervisor (error 43).`, {
      remedy: editCommand(xml.name),
      advice:
        "Write <kvm><hidden state='on'/></kvm> and <hyperv><vendor_id state='on' value='whatever'/></hyperv> into <features>.",
    }),
  );
}

function vendorId(xml: DomainXml): Finding | Finding[] {
  if (xml.vendorId === null) return [];
  return xml.vendorId.length > 12
    ? problem(`\`vendor_id\` has ${xml.vendorId.length} characters, and 12 are possible.`, {
        remedy: editCommand(xml.name),
      })
    : ok('It has 12 characters at most.');
}
