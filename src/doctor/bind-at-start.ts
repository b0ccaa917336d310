/** How vfio-pci has devices before any other driver does. */
import type { PciDevice } from '../system/pci.ts';
import type { Todo } from './check.ts';
import { declaringForStart, isDeclared } from './declaring.ts';
import type { Facts } from './facts.ts';
import { changeLine } from './kernel-line.ts';
import { ownRuleFile } from './module-commands.ts';
import { neededAtStart } from './needed.ts';
import { idsText } from './pci-text.ts';

/** By their ids, in the place where some are named already. */
export function bindAtStart({ boot, kernel, pci }: Facts, addresses: readonly string[]): Todo {
  const needed = neededAtStart(pci, addresses);
  if (needed !== null) return { advice: needed };
  const own = pci.devices.filter(({ address }) => addresses.includes(address));
  const twin = twinOf(own, pci.devices);
  if (twin !== undefined) return { advice: `From the start: ${byAddressText(twin)}.` };
  const ids = [...new Set(own.map(idsText))];
  const rule = kernel.moduleRules?.find(
    ({ kind, module, text }) => kind === 'options' && module === 'vfio_pci' && /\bids=/.test(text),
  );
  const before = (kernel.parameters ?? []).filter(({ name }) => name === 'vfio_pci.ids');
  const named = before.flatMap(({ value }) => value?.toLowerCase().split(',') ?? []);
  const missing = ids.filter((each) => !named.includes(each) && rule?.text.includes(each) !== true);
  if (missing.length === 0) {
    return { advice: 'Its ids are named, and another driver was first: see `kernel.vfio-ids`.' };
  }
  if (rule !== undefined) {
    const more = missing.join(',');
    return isDeclared(boot)
      ? declaringForStart(`Add ${more} to the ids in \`boot.extraModprobeConfig\``)
      : {
          advice: `Add ${more} to the ids in ${ownRuleFile(rule.file)}, and start the machine anew.`,
        };
  }
  return changeLine(boot, {
    add: [`vfio-pci.ids=${[...named, ...missing].join(',')}`],
    remove: before.map(({ text }) => text),
  });
}

/** A device that stays and has the same ids as one of those that go. */
export function twinOf(
  going: readonly PciDevice[],
  devices: readonly PciDevice[],
): PciDevice | undefined {
  const ids = new Set(going.map(idsText));
  return devices.find((each) => ids.has(idsText(each)) && !going.includes(each));
}

export function byAddressText({ address }: PciDevice): string {
  return `set its driver by address, early at boot, since ${address} has the same ids`;
}
