/** Huge pages for domains that take their memory from them. */
import type { DomainXml } from '../libvirt/domain-xml.ts';
import { type Finding, known, ok, problem } from './check.ts';
import type { Domain, Facts } from './facts.ts';
import { gibText } from './sizes.ts';

/** KiB without which the host itself has too little. */
export const leftToHost = 2 * 1024 ** 2;

export function hugePages(
  xml: DomainXml,
  facts: Facts,
  { isRunning }: Domain,
): Finding | Finding[] {
  if (xml.hugePages === null || xml.memory === null || isRunning) return [];
  const look = (pageKib: number) => hugePagesOf(pageKib, xml, facts);
  const [pageKib] = xml.hugePages.sizes;
  return pageKib === undefined ? known(facts.memory, 'hugePageKib', look) : look(pageKib);
}

function hugePagesOf(pageKib: number, xml: DomainXml, facts: Facts): Finding {
  const { memory: host } = facts;
  return known(host, 'hugePages', (sizes) => {
    const { all, free } = sizes.find((each) => each.pageKib === pageKib) ?? { all: 0, free: 0 };
    const own = pagesOf(xml, pageKib);
    if (free >= own) return ok(`It needs ${own} huge pages, and ${free} are free.`);
    return known(host, 'available', (available) => {
      const hasRoom = (pages: number) => (pages - free) * pageKib <= available - leftToHost;
      // One number is set for all domains: what is printed for one must not undo what is for another.
      const wanted = [...forSeveral(pageKib, free, facts), own].find(hasRoom);
      const missing = (own - free) * pageKib;
      return problem(
        `It needs ${own} huge pages of ${pageKib} KiB, and ${free} are free.`,
        wanted === undefined
          ? {
              advice: `What is missing is ${gibText(missing)}, and ${gibText(available)} are available, of which the host needs 2 GiB: give the domain less, or end what has the memory.`,
            }
          : {
              remedy: `echo 1 | sudo tee /proc/sys/vm/compact_memory && echo ${all + wanted - free} | sudo tee /sys/kernel/mm/hugepages/hugepages-${pageKib}kB/nr_hugepages`,
              advice: `${wanted > own ? 'The number is for other domains too. ' : ''}That lasts until the next start, and may bring fewer while memory is in pieces.`,
            },
      );
    });
  });
}

/** Pages for all that lack some and can run at the same time, and for the largest of them alone. */
function forSeveral(pageKib: number, free: number, { libvirt, memory }: Facts): number[] {
  const lacking = (libvirt.domains ?? [])
    .flatMap(({ xml, isRunning }) => (xml === null || isRunning ? [] : xml))
    .filter(({ hugePages: wanted }) =>
      wanted === null ? false : (wanted.sizes[0] ?? memory.hugePageKib) === pageKib,
    )
    .filter((xml) => pagesOf(xml, pageKib) > free)
    .toSorted((a, b) => pagesOf(b, pageKib) - pagesOf(a, pageKib));
  const together = lacking.filter(
    (xml, index) => !lacking.slice(0, index).some((larger) => sharesDevice(xml, larger)),
  );
  const pages = together.map((xml) => pagesOf(xml, pageKib));
  return [pages.reduce((sum, each) => sum + each, 0), ...pages.slice(0, 1)];
}

/** One card goes to one domain at a time. */
function sharesDevice({ pci }: DomainXml, other: DomainXml): boolean {
  return pci.some(({ address }) => other.pci.some((each) => each.address === address));
}

function pagesOf({ memory }: DomainXml, pageKib: number): number {
  return Math.ceil((memory ?? 0) / pageKib);
}
