/** Which card the host's desktop and its programs draw with. */
import { isGraphics } from '../system/pci-classes.ts';
import { about, type Check, type Finding, known, ok, problem, type Todo } from './check.ts';
import { declaringForStart, isDeclared } from './declaring.ts';
import type { Facts } from './facts.ts';
import { idsText, pciDeviceText } from './pci-text.ts';
import { isForVfio } from './vfio-drivers.ts';

export const desktopChecks: Check[] = [
  {
    id: 'graphics.xorg',
    title: 'Card that Xorg is told to use',
    look: (facts) =>
      known(facts.devices, 'xorg', (places) => {
        const { devices, names } = facts.pci;
        const wrong = places.flatMap(({ file, address }): Finding[] => {
          const card = devices.find((each) => each.address === address);
          if (card !== undefined && (card.driver === null || !isForVfio(card.driver))) return [];
          const what =
            card === undefined ? 'no card is there' : `vfio-pci has ${pciDeviceText(card, names)}`;
          return [
            about(
              file,
              problem(
                `Xorg is told to use the card at ${address}, and ${what}.`,
                naming(facts, file),
              ),
            ),
          ];
        });
        if (wrong.length > 0) return wrong;
        return ok(places.length === 0 ? 'Xorg is told of none.' : "It is the host's.");
      }),
  },
  {
    id: 'graphics.browsers',
    title: 'Card that browsers choose',
    // Chromium goes by what is on PCI, and takes the faster for the one to draw with.
    look: ({ pci: { devices } }) => {
      const cards = devices.filter(
        ({ class: code, driver }) => isGraphics(code) && driver !== null,
      );
      const [lent] = cards.filter(({ driver }) => isForVfio(driver ?? ''));
      const [own] = cards.filter(({ driver }) => !isForVfio(driver ?? ''));
      if (lent === undefined || own === undefined || idsText(lent) === idsText(own)) return [];
      return ok(
        `Chromium may choose ${lent.address}, which vfio-pci has, and then draws without any card. \`--gpu-testing-vendor-id=0x${own.vendor} --gpu-testing-device-id=0x${own.device}\` has it take the host's.`,
      );
    },
  },
];

/** The card that the host has, where it is but one. */
function naming({ boot, pci: { devices } }: Facts, file: string): Todo {
  const own = devices.filter(
    ({ class: code, driver }) => isGraphics(code) && driver !== null && !isForVfio(driver),
  );
  const [first] = own;
  const words =
    first !== undefined && own.length === 1
      ? `\`BusID "${busIdOf(first.address)}"\``
      : "the `BusID` of the host's card, in decimal numbers,";
  return isDeclared(boot)
    ? declaringForStart(`Put ${words} into \`services.xserver.deviceSection\``)
    : { advice: `Write ${words} into ${file}; \`handglass groups\` has the addresses.` };
}

/** As Xorg reads it: in decimal numbers. */
function busIdOf(address: string): string {
  const [domain = 0, bus = 0, slot = 0, part = 0] = address
    .split(/[:.]/)
    .map((each) => Number.parseInt(each, 16));
  return `PCI:${bus}${domain === 0 ? '' : `@${domain}`}:${slot}:${part}`;
}
