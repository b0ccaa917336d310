/** Whether a domain has by its own XML what a seat is to give it and take back. */
import { hasOurAlias } from '../domain/usb-hostdev.ts';
import type { DomainXml } from '../libvirt/domain-xml.ts';
import { isNamed } from '../libvirt/usb-hostdev.ts';
import { fittingUsb, usbDeviceText } from '../usb/selector.ts';
import { type Check, type Finding, known, ok, warning } from './check.ts';
import { eachDomain, editCommand } from './each-domain.ts';
import type { Facts } from './facts.ts';

export const domainUsbChecks: Check[] = [
  { id: 'domain.usb', title: 'USB devices of domains', look: eachDomain(own) },
];

function own(xml: DomainXml, { configuration, devices }: Facts): Finding | Finding[] {
  const seats = (configuration.config?.seats ?? []).filter(
    ({ domains, usb }) => usb.length > 0 && domains.includes(xml.name),
  );
  if (seats.length === 0) return [];
  const foreign = xml.usb.filter((each) => !hasOurAlias(each));
  return known(devices, 'usb', (usb) => {
    const shared = seats.flatMap(({ name, usb: selectors }) => {
      const named = new Set(selectors.flatMap((selector) => fittingUsb(selector, usb)));
      return [...named]
        .filter((device) => foreign.some((each) => isNamed(each, device)))
        .map((device) => ({ seat: name, device }));
    });
    if (shared.length === 0) return ok('Its XML names none that a seat moves.');
    return shared.map(({ seat, device }) =>
      warning(
        `Its XML has ${usbDeviceText(device)} too, which the seat ${seat} moves: while it runs with that, the seat cannot go to it.`,
        {
          remedy: editCommand(xml.name),
          advice:
            'Take the <hostdev> out, which holds from its next start on; or take the device out of `usb` in the configuration.',
        },
      ),
    );
  });
}
