/** The IOMMU as it is, its groups, and what passes it by. */
import { about, type Check, known, ok, unknown, warning } from './check.ts';
import type { Facts } from './facts.ts';
import { lettingGraphicsIn } from './iommu-obstacles.ts';
import { iommuStateChecks } from './iommu-state-checks.ts';
import { unsafeGroups, unsafeInterrupts } from './iommu-unsafe-checks.ts';
import { changeLine } from './kernel-line.ts';
import { classText, pciDeviceText } from './pci-text.ts';
import { isGraphics, isPciBridge, isUsbController } from '../system/pci-classes.ts';

export const iommuChecks: Check[] = [
  ...iommuStateChecks,
  unsafeInterrupts,
  {
    id: 'iommu.groups',
    title: 'IOMMU groups',
    look: ({ pci: { iommu, devices, names } }) => {
      if (iommu.isOn !== true) return [];
      if (iommu.unread['groups'] !== undefined) return unknown(iommu.unread['groups']);
      const isLeftOut = iommu.parameters?.some((word) => word.includes('igfx_off')) === true;
      const outside = devices.filter(
        ({ address, iommuGroup, unread, class: code }) =>
          iommuGroup === null &&
          !(isLeftOut && address === processorGraphics) &&
          unread['iommuGroup'] === undefined &&
          (isGraphics(code) || isUsbController(code)),
      );
      if (outside.length === 0) {
        const unseen = unseenGroup(devices);
        if (unseen !== null) return unknown(unseen);
        return ok(
          `Every graphics card and USB controller is in one of ${iommu.groups.length} groups.`,
        );
      }
      return outside.map((device) =>
        about(
          device.address,
          warning(
            `${pciDeviceText(device, names)} is in no IOMMU group, so it cannot go to a guest.`,
            {
              advice: 'Another slot may be behind the IOMMU.',
            },
          ),
        ),
      );
    },
  },
  unsafeGroups,
  {
    id: 'iommu.shared-groups',
    title: 'Graphics cards that share their group',
    look: ({ pci, libvirt }) => {
      if (pci.iommu.isOn !== true) return [];
      const shared = pci.devices
        .filter((card) => isGraphics(card.class) && card.iommuGroup !== null)
        .filter((card) => !staysAnyway(card.address, { pci, libvirt }))
        .flatMap((card) => {
          const others = pci.devices.filter(
            (each) =>
              each.iommuGroup === card.iommuGroup &&
              each.address.slice(0, -2) !== card.address.slice(0, -2) &&
              !isPciBridge(each.class) &&
              each.class?.startsWith('0600') !== true,
          );
          if (others.length === 0) return [];
          const list = others.map((each) => `${each.address} (${classText(each)})`).join(', ');
          return [
            about(
              card.address,
              warning(
                `Its group ${card.iommuGroup} has also ${list}, and goes to a guest as a whole.`,
                {
                  remedy: 'handglass groups',
                  advice: 'Use a slot with a group of its own; a group cannot be split.',
                },
              ),
            ),
          ];
        });
      if (shared.length > 0) return shared;
      const unseen = unseenGroup(pci.devices);
      return unseen === null
        ? ok('Each goes with nothing but its own functions.')
        : unknown(unseen);
    },
  },
  {
    id: 'iommu.igfx-off',
    title: "The processor's graphics behind the IOMMU",
    look: ({ pci: { iommu }, boot, libvirt }) =>
      known(iommu, 'parameters', (words) => {
        const word = words.find((each) => /^intel_iommu=.*igfx_off/.test(each));
        if (word === undefined) return ok('They are not left out.');
        // Old ones fail behind it, and for any other card it makes no difference.
        const isGiven = libvirt.domains?.some(({ xml }) =>
          xml?.pci.some(({ address }) => address === processorGraphics),
        );
        if (isGiven !== true) {
          return ok(
            `\`${word}\` leaves them out, as old ones need it, and no domain asks for them.`,
          );
        }
        return warning(
          `\`${word}\` leaves the processor's own graphics out of the IOMMU, and a domain asks for them.`,
          changeLine(boot, lettingGraphicsIn(word)),
        );
      }),
  },
  {
    id: 'iommu.host-devices',
    title: "The host's own devices",
    look: ({ pci: { iommu } }) => {
      if (iommu.isOn !== true) return [];
      const types = new Set(iommu.groups.flatMap(({ type }) => type ?? []));
      if (types.size === 0 && iommu.parameters?.includes('iommu=pt') !== true) {
        return unknown('this kernel does not tell');
      }
      return ok(
        types.has('identity') || types.size === 0
          ? 'They pass the IOMMU by, which costs them nothing.'
          : 'They go through the IOMMU, which costs fast network cards a little; `iommu=pt` lets them pass it by.',
      );
    },
  },
];

/** Where Intel's processors have them. */
export const processorGraphics = '0000:00:02.0';

/** Why it is not known which devices are in which group; null where it is. */
function unseenGroup(devices: Facts['pci']['devices']): string | null {
  const reasons = devices.flatMap(({ unread }) => unread['iommuGroup'] ?? unread['class'] ?? []);
  return reasons[0] ?? null;
}

/** The host's own card, which no domain asks for: what its group has is no trouble. */
function staysAnyway(address: string, { pci, libvirt }: Pick<Facts, 'pci' | 'libvirt'>): boolean {
  const uses = pci.uses.byDevice.get(address) ?? [];
  const isNotGiven = libvirt.domains?.every(
    ({ xml }) => xml?.pci.every((each) => each.address !== address) === true,
  );
  return uses.some(({ kind }) => kind === 'display') && isNotGiven === true;
}
