/** A part of a passed card's memory that the firmware's screen is still in, and how it comes free. */
import { mentionedPciAddress, pciSlotOf } from '../system/pci-address.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { andAdvice, type Todo } from './check.ts';
import type { Facts } from './facts.ts';
import { changeLine } from './kernel-line.ts';
import { onLine } from './kernel-line-text.ts';
import { hasOtherDisplay } from './losses.ts';
import { neededNow } from './needed.ts';

/** For good by a parameter that fits the kernel's age, and for now by taking the card out for a moment. */
export function freeBar({ boot, kernel, pci }: Facts, line: string): Todo {
  const said = mentionedPciAddress(line);
  const card = pci.devices.find(({ address }) => address === said);
  if (card === undefined && said !== null && pci.unread['devices'] === undefined) {
    return { advice: `There is no ${said} in this machine now: look again when it is back.` };
  }
  const [major = 0, minor = 0] = kernel.version ?? [];
  const isNew = major > 5 || (major === 5 && minor >= 15);
  const parameter = isNew ? 'initcall_blacklist=sysfb_init' : 'video=efifb:off';
  if (!hasOtherDisplay(pci, said === null ? [] : [said])) {
    return {
      advice: `${onLine(boot, [parameter])} frees it, and takes the screen of a host that shows on no other card: until a driver has one, nothing is seen of its start. See first that the host shows on another card.`,
    };
  }
  const change = changeLine(boot, { add: [parameter] });
  const bridge = card?.bridges?.at(-1);
  if (card === undefined || bridge === undefined || !goesAlone(card, bridge, pci)) return change;
  const now = `echo 1 | sudo tee /sys/bus/pci/devices/${bridge}/remove /sys/bus/pci/rescan`;
  return andAdvice(change, `Until then: \`${now}\`.`);
}

/** Whether nothing is taken out with a card's bridge but the card, which the host can do without. */
function goesAlone(card: PciDevice, bridge: string, pci: PciSurvey): boolean {
  const below = pci.devices.filter(({ bridges }) => bridges?.includes(bridge) !== false);
  return (
    below.every(({ address }) => pciSlotOf(address) === pciSlotOf(card.address)) &&
    neededNow(
      pci,
      below.map(({ address }) => address),
    ) === null
  );
}
