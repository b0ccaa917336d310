/** The PCI devices of the host that a domain has, against what they are. */
import type { DomainXml } from '../libvirt/domain-xml.ts';
import { pciSlotOf } from '../system/pci-address.ts';
import {
  hasNoOutputs,
  isGraphics,
  isHostBridge,
  isPciBridge,
  isSound,
} from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import {
  about,
  andAdvice,
  type Check,
  type Finding,
  ok,
  problem,
  unknown,
  warning,
} from './check.ts';
import { bindAtStart } from './bind-at-start.ts';
import { domainHypervisorChecks } from './domain-hypervisor-checks.ts';
import { domainResetChecks } from './domain-reset-checks.ts';
import { domainRomChecks } from './domain-rom-checks.ts';
import { isMute } from './needed.ts';
import { isForVfio } from './vfio-drivers.ts';
import { eachDevice, type Given } from './each-device.ts';
import { eachDomain, editCommand } from './each-domain.ts';
import type { Facts } from './facts.ts';
import { type Loss, lossesOf } from './losses.ts';
import { outputsExplanation, outputsRemedy } from './output-obstacles.ts';
import { classText, pciDeviceText } from './pci-text.ts';
import { takeFromHost } from './take-from-host.ts';

export const domainPciChecks: Check[] = [
  { id: 'domain.device', title: 'Devices of domains', look: eachDomain(existence) },
  { id: 'domain.bridge', title: 'Bridges in domains', look: eachDevice(bridge) },
  { id: 'domain.group', title: 'Groups of devices of domains', look: eachDevice(group) },
  { id: 'domain.functions', title: 'Whole cards in domains', look: eachDevice(functions) },
  {
    id: 'domain.host-use',
    title: "The host's use of devices of domains",
    look: eachDevice(hostUse),
  },
  { id: 'domain.driver', title: 'Drivers of devices of domains', look: eachDevice(driver) },
  { id: 'domain.outputs', title: 'Outputs of cards of domains', look: eachDevice(outputs) },
  ...domainResetChecks,
  ...domainRomChecks,
  { id: 'domain.sound', title: 'Sound of cards of domains', look: eachDevice(sound) },
  { id: 'domain.twice', title: 'Devices in several running domains', look: twice },
  ...domainHypervisorChecks,
];

function existence(xml: DomainXml, { pci }: Facts): Finding[] {
  if (pci.unread['devices'] !== undefined) return [];
  return xml.pci.map(({ address }) => {
    const device = pci.devices.find((each) => each.address === address);
    const finding =
      device === undefined
        ? problem('No device of this machine is at that address, so the domain does not start.', {
            remedy: editCommand(xml.name),
            advice:
              'Addresses change with the slots that are used; `handglass groups` has those of now.',
          })
        : ok(`${pciDeviceText(device, pci.names)}.`);
    return about(address, finding);
  });
}

function bridge({ device, xml }: Given): Finding | Finding[] {
  if (!isPciBridge(device.class) && !isHostBridge(device.class)) return [];
  return problem(`It is a ${classText(device)}, which stays with the host whatever a group has.`, {
    remedy: editCommand(xml.name),
    advice: 'Take it out.',
  });
}

function group({ device, xml, facts }: Given): Finding | Finding[] {
  const { iommu, devices, names } = facts.pci;
  if (iommu.isOn !== true) return [];
  if (device.unread['iommuGroup'] !== undefined) return unknown(device.unread['iommuGroup']);
  if (device.iommuGroup === null) {
    return problem('It is in no IOMMU group, so it cannot go to a guest.', {
      advice: 'Use another slot; no command puts it into one.',
    });
  }
  const given = new Set(xml.pci.map(({ address }) => address));
  const others = devices.filter(
    (each) =>
      each.iommuGroup === device.iommuGroup &&
      !given.has(each.address) &&
      !isPciBridge(each.class) &&
      !(isHostBridge(each.class) && each.driver === null),
  );
  const held = others.filter((each) => each.driver !== null && !isForVfio(each.driver));
  const [first] = held;
  if (first === undefined) {
    const [unseen] = devices.flatMap(({ address, iommuGroup, unread }) => {
      if (given.has(address)) return [];
      const isInIt = iommuGroup === device.iommuGroup;
      return unread['iommuGroup'] ?? (isInIt ? unread['driver'] : undefined) ?? [];
    });
    if (unseen !== undefined) return unknown(unseen);
    return ok(`Nothing of the host is in its group ${device.iommuGroup}.`);
  }
  const list = held.map((each) => `${each.address} (${pciDeviceText(each, names)})`).join(', ');
  const addresses = held.map(({ address }) => address);
  const needed = lossesOf(addresses, facts.pci).filter(({ keeps }) => keeps !== null);
  const todo = held.some(isHeldCard)
    ? bindAtStart(facts, addresses)
    : takeFromHost(facts.pci, addresses, [device.address, ...addresses]);
  return problem(
    `Its group ${device.iommuGroup} has also ${list}, with drivers of the host: the domain does not start.`,
    needed.length === 0
      ? 'remedy' in todo
        ? andAdvice(todo, 'Or give them to the same domain.')
        : todo
      : {
          advice: `The host needs ${needed.map(({ what }) => what).join('; ')}: use a slot of another group, since none can be split.`,
        },
  );
}

/** Not all of a card: its sound, or its USB port, stays behind. */
function functions({ device, xml, facts }: Given): Finding | Finding[] {
  if (!isGraphics(device.class)) return [];
  const given = new Set(xml.pci.map(({ address }) => address));
  const left = facts.pci.devices.filter(
    (each) =>
      each.vendor === device.vendor &&
      pciSlotOf(each.address) === pciSlotOf(device.address) &&
      !given.has(each.address) &&
      !isPciBridge(each.class) &&
      // What keeps the whole group from going is told of by that.
      !(each.iommuGroup === device.iommuGroup && each.driver !== null && !isForVfio(each.driver)),
  );
  if (left.length === 0 || device.bridges?.length === 0) return ok('It is there as a whole.');
  return warning(
    `Its function ${left.map((each) => `${each.address} (${classText(each)})`).join(' and ')} is not in the domain.`,
    { remedy: editCommand(xml.name), advice: 'Give all functions of a card to the same guest.' },
  );
}

function hostUse({ device, xml, facts, domain }: Given): Finding | Finding[] {
  if (domain.isRunning || (device.driver !== null && isForVfio(device.driver))) return [];
  const { uses } = facts.pci;
  const unseen = Object.values(uses.unread);
  if (unseen[0] !== undefined) return unknown(unseen[0]);
  const needs = needsOf([device.address], xml, facts);
  if (needs.length > 0) {
    const lost = needs.map(({ what }) => what).join('; ');
    const keeps = new Set(needs.map((need) => need.keeps));
    const remedies = new Set(needs.map(({ remedy }) => remedy));
    return problem(`When the domain starts the host loses ${lost}: ${[...keeps].join(', and ')}.`, {
      advice: [...remedies].join(' '),
    });
  }
  return isMute(device, facts.pci)
    ? unknown(`the driver ${device.driver} does not say whether the host has a display on it`)
    : ok('The host can do without it.');
}

/** What the host cannot do without of these devices, were all that the domain has given away. */
function needsOf(addresses: readonly string[], xml: DomainXml, { pci }: Facts): Loss[] {
  const own = lossesOf(addresses, pci).map(({ what }) => what);
  const all = lossesOf(
    xml.pci.map(({ address }) => address),
    pci,
  );
  return all.filter(({ keeps, what }) => keeps !== null && own.includes(what));
}

function driver({ device, hostdev, xml, facts, domain }: Given): Finding | Finding[] {
  // It is to be taken out, and never to be taken from the host.
  if (isPciBridge(device.class) || isHostBridge(device.class)) return [];
  if (device.unread['driver'] !== undefined) return unknown(device.unread['driver']);
  if (device.driver !== null && isForVfio(device.driver)) return ok(`${device.driver} has it.`);
  const together = xml.pci
    .map(({ address }) => address)
    .filter((address) => pciSlotOf(address) === pciSlotOf(device.address));
  // How to take it is no advice while the host cannot do without it, or without what it is a part of.
  if (!domain.isRunning && needsOf(together, xml, facts).length > 0) return [];
  const now = device.driver ?? 'no driver';
  if (!hostdev.isManaged) {
    return problem(
      `${now === 'no driver' ? 'No driver' : now} has it, and the domain says managed='no': it does not start.`,
      isHeldCard(device)
        ? bindAtStart(facts, together)
        : takeFromHost(facts.pci, [device.address], together),
    );
  }
  if (domain.isRunning) {
    return problem(`The domain runs, and ${now} has it and not vfio-pci.`, {
      remedy: editCommand(xml.name),
    });
  }
  if (device.unread['class'] !== undefined) return unknown(device.unread['class']);
  if (!isHeldCard(device)) {
    return ok(`libvirt takes it from ${now} when the domain starts.`);
  }
  return warning(
    `libvirt takes it from ${now} when the domain starts, which graphics drivers do not always survive.`,
    bindAtStart(facts, together),
  );
}

/** To take a card from its driver can bring down a desktop that has it open, whether it shows there or not. */
function isHeldCard({ class: code, driver }: PciDevice): boolean {
  return isGraphics(code) && driver !== null && !isForVfio(driver);
}

function outputs({ device }: Given): Finding | Finding[] {
  if (device.unread['class'] !== undefined) return unknown(device.unread['class']);
  if (!isGraphics(device.class)) return [];
  return hasNoOutputs(device.class)
    ? warning(outputsExplanation, { advice: outputsRemedy })
    : ok('It is a card with outputs.');
}

/** While the guest runs it shows which interrupts it has chosen. */
function sound({ device, domain }: Given): Finding | Finding[] {
  if (!isSound(device.class) || !domain.isRunning) return [];
  if (device.unread['msi'] !== undefined) return unknown(device.unread['msi']);
  return device.msi === null
    ? warning(
        'The guest uses no message signalled interrupts (MSI) for it, and sound crackles without.',
        {
          advice:
            'In Windows, set MSISupported to 1 for it in the registry, under Interrupt Management of the device.',
        },
      )
    : ok(`The guest uses ${device.msi.kind} for it.`);
}

function twice({ libvirt }: Facts): Finding[] {
  const running = (libvirt.domains ?? []).filter(({ xml }) => xml !== null && xml.pci.length > 0);
  if (running.length === 0) return [];
  const holders = Map.groupBy(
    running.flatMap(({ name, isRunning, xml }) =>
      (xml?.pci ?? []).map(({ address }) => ({ name, isRunning, address })),
    ),
    ({ address }) => address,
  );
  const shared = [...holders].filter(([, domains]) => domains.length > 1);
  if (shared.length === 0) return [ok('Each device is in one domain.')];
  return shared.map(([address, domains]) =>
    about(
      address,
      ok(
        `It is in ${domains.map(({ name }) => name).join(' and ')}, of which one can run at a time.`,
      ),
    ),
  );
}
