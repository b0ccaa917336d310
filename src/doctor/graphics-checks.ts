import { pciSlotOf } from '../system/pci-address.ts';
import { isGraphics, isSound, isUsbController } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
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
import { isForVfio } from './vfio-drivers.ts';
import type { Facts } from './facts.ts';
import { idsText } from './pci-text.ts';
import { isResetByBus } from './reset-obstacles.ts';
import { takeFromHost } from './take-from-host.ts';
import { type Verdict, verdicts } from './verdict.ts';

export const graphicsChecks: Check[] = [
  {
    id: 'graphics.cards',
    title: 'Graphics cards',
    look: (facts) =>
      withPci(facts, [], (devices) => {
        const cards = devices.filter(isCard);
        const [unseen] = devices.flatMap(({ unread }) => unread['class'] ?? []);
        if (cards.length < 2 && unseen !== undefined) return unknown(unseen);
        if (cards.length === 0) {
          return warning('There is no graphics card on PCI.', {
            advice: 'Looking Glass needs one for the guest; no command makes it.',
          });
        }
        if (cards.length > 1) return ok(`There are ${cards.length} graphics cards.`);
        return warning(
          'There is one graphics card: a guest that has it leaves the host without a picture.',
          {
            advice: "Use a second card, or the processor's own graphics, for the host.",
          },
        );
      }),
  },
  {
    id: 'graphics.verdict',
    title: 'Graphics cards for guests',
    look: (facts) => withPci(facts, [], () => verdictFindings(facts, 'graphics')),
  },
  {
    id: 'graphics.alike',
    title: 'Graphics cards of one kind',
    look: (facts) =>
      withPci(facts, ['vendor', 'device'], (devices) => {
        const alike = [...Map.groupBy(devices.filter(isCard), idsText)].filter(
          ([, own]) => own.length > 1,
        );
        if (alike.length === 0) return ok('No two have the same ids.');
        return alike.map(([ids, own]) => {
          const isNamed = facts.kernel.parameters?.some(
            ({ name, value }) => name === 'vfio_pci.ids' && value?.includes(ids),
          );
          const text = own.map(({ address }) => address).join(' and ');
          const guest = own.find(({ bootVga }) => bootVga === false) ?? own[0];
          const todo = takeFromHost(facts.pci, [guest?.address ?? '']);
          const isolate = 'take these ids out of `vfio-pci.ids`: only an address tells them apart.';
          return about(
            ids,
            isNamed === true
              ? problem(
                  `${text} have the same ids, so \`vfio-pci.ids\` takes all of them from the host.`,
                  andAdvice(todo, `And ${isolate}`),
                )
              : ok(`${text} have the same ids, so only an address tells them apart.`),
          );
        });
      }),
  },
  {
    id: 'graphics.reset',
    title: 'Resets of graphics cards and USB controllers',
    look: (facts) =>
      withPci(facts, ['resetMethods', 'bridges'], (devices) => {
        const lost = verdictsOf(facts.pci).filter(({ address, together, foreign }) => {
          const device = devices.find((each) => each.address === address);
          return (
            device?.canReset === false && !isResetByBus(device, devices, [...together, ...foreign])
          );
        });
        if (lost.length === 0) return ok('Each can be reset, alone or by the bus above.');
        return ok(
          `No reset have ${lost.map(({ address }) => address).join(', ')}: they serve a guest once, until the machine starts anew.`,
        );
      }),
  },
  {
    id: 'graphics.sound',
    title: 'Sound of graphics cards',
    look: (facts) =>
      withPci(facts, ['msiAllowed'], (devices) => {
        const blocked = soundOfCards(devices).filter(({ msiAllowed }) => msiAllowed === false);
        return blocked.length === 0
          ? ok('Nothing keeps them from message signalled interrupts (MSI).')
          : blocked.map(({ address }) =>
              about(
                address,
                warning(
                  'It may not use message signalled interrupts (MSI), and crackles in a guest without.',
                  {
                    remedy: `echo 1 | sudo tee /sys/bus/pci/devices/${address}/msi_bus`,
                  },
                ),
              ),
            );
      }),
  },
  {
    id: 'graphics.functions',
    title: 'Functions of graphics cards',
    look: (facts) =>
      withPci(facts, ['driver'], (devices) => {
        const torn = devices.filter(isCard).flatMap((card): Finding[] => {
          if (card.driver === null || !isForVfio(card.driver)) return [];
          const left = devices.filter(
            (each) =>
              each !== card &&
              pciSlotOf(each.address) === pciSlotOf(card.address) &&
              each.driver !== null &&
              !isForVfio(each.driver),
          );
          const [first] = left;
          if (first === undefined) return [];
          return [
            about(
              card.address,
              warning(
                `vfio-pci has it, while ${first.driver} has its function ${first.address}.`,
                takeFromHost(facts.pci, [first.address]),
              ),
            ),
          ];
        });
        return torn.length > 0 ? torn : ok('Each card is with one side as a whole.');
      }),
  },
  {
    id: 'graphics.large-bars',
    title: 'Memory ranges of graphics cards',
    look: (facts) =>
      withPci(facts, ['bars'], (devices) => {
        const large = devices.filter(
          (device) =>
            isCard(device) && (device.bars ?? []).some(({ size }) => size >= 32 * 1024 ** 3),
        );
        return large.length === 0
          ? ok('None is larger than what firmware of guests has room for.')
          : large.map(({ address }) =>
              about(
                address,
                warning(
                  'Its memory is seen in a range of 32 GiB or more, for which old firmware of guests has no room.',
                  {
                    advice:
                      "Give the guest `-fw_cfg opt/ovmf/X-PciMmio64Mb,string=65536`, or turn off Resizable BAR in the firmware's setup.",
                  },
                ),
              ),
            );
      }),
  },
];

export const usbControllerChecks: Check[] = [
  {
    id: 'usb.controllers',
    title: 'USB controllers for guests',
    look: (facts) => withPci(facts, [], () => verdictFindings(facts, 'usb')),
  },
];

function isCard(device: PciDevice): boolean {
  return isGraphics(device.class);
}

function soundOfCards(devices: readonly PciDevice[]): PciDevice[] {
  const slots = new Set(devices.filter(isCard).map(({ address }) => pciSlotOf(address)));
  return devices.filter((each) => isSound(each.class) && slots.has(pciSlotOf(each.address)));
}

/** @param needed facts of cards, their sound and USB controllers, without which nothing is well */
function withPci(
  { pci }: Facts,
  needed: readonly (keyof PciDevice)[],
  look: (devices: readonly PciDevice[]) => Finding | Finding[],
): Finding | Finding[] {
  if (pci.unread['devices'] !== undefined) return unknown(pci.unread['devices']);
  if (pci.devices.length === 0) return [];
  const found = look(pci.devices);
  if ([found].flat().some(({ verdict }) => verdict !== 'ok')) return found;
  const [unseen] = pci.devices.flatMap(({ address, class: code, unread }) => {
    const isMeant = isGraphics(code) || isSound(code) || isUsbController(code);
    const names = isMeant ? ['folder', 'class', ...needed] : ['class'];
    const name = names.find((each) => unread[each] !== undefined);
    return name === undefined ? [] : [`${name} of ${address} (${unread[name]})`];
  });
  return unseen === undefined ? found : unknown(unseen);
}

/** Of cards and controllers alike, for as long as somebody has the survey. */
const judged = new WeakMap<PciSurvey, Verdict[]>();

function verdictsOf(survey: PciSurvey): Verdict[] {
  const before = judged.get(survey);
  if (before !== undefined) return before;
  const now = verdicts(survey);
  judged.set(survey, now);
  return now;
}

/**
 * What each could do is no trouble as long as no domain asks for it: domain checks are about that.
 * Nothing is said here while the IOMMU is off, which is told by itself.
 */
function verdictFindings({ pci }: Facts, kind: Verdict['kind']): Finding[] {
  if (pci.iommu.isOn !== true) return [];
  return verdictsOf(pci)
    .filter((each) => each.kind === kind)
    .map(({ address, name, answer, brief, obstacles }) => {
      const text = `${name}: ${brief}.`;
      if (answer !== 'unknown') return about(address, ok(text));
      const [obstacle] = obstacles;
      return about(address, unknown(obstacle?.brief ?? brief));
    });
}
