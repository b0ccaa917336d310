import type { DomainXml, PciHostdev } from '../libvirt/domain-xml.ts';
import type { PciDevice } from '../system/pci.ts';
import { about, type Finding } from './check.ts';
import { eachDomain } from './each-domain.ts';
import type { Domain, Facts } from './facts.ts';

export interface Given {
  hostdev: PciHostdev;
  device: PciDevice;
  xml: DomainXml;
  facts: Facts;
  domain: Domain;
}

/** A look at each device that is there; one that is not is told of by `domain.device` alone. */
export function eachDevice(look: (given: Given) => Finding | Finding[]) {
  return eachDomain((xml, facts, domain) =>
    xml.pci.flatMap((hostdev) => {
      const device = facts.pci.devices.find(({ address }) => address === hostdev.address);
      if (device === undefined) return [];
      return [look({ hostdev, device, xml, facts, domain })]
        .flat()
        .map((finding) => about(hostdev.address, finding));
    }),
  );
}
