import type { DomainXml } from '../libvirt/domain-xml.ts';
import { about, type Finding } from './check.ts';
import type { Domain, Facts } from './facts.ts';
import { shellWord } from './shell-word.ts';

export type LookAtDomain = (xml: DomainXml, facts: Facts, domain: Domain) => Finding | Finding[];

/** A look at each domain whose XML could be read; of the others it is told once that it could not. */
export function eachDomain(look: LookAtDomain): (facts: Facts) => Finding[] {
  return (facts) =>
    (facts.libvirt.domains ?? []).flatMap((domain) => {
      if (domain.xml === null) return [];
      return [look(domain.xml, facts, domain)]
        .flat()
        .map((finding) =>
          about(finding.about === '' ? domain.name : `${domain.name} ${finding.about}`, finding),
        );
    });
}

/** The command that opens a domain's XML. */
export function editCommand(name: string): string {
  return `virsh --connect qemu:///system edit ${shellWord(name)}`;
}
