import { withDomain, type Change } from './healthy.ts';
import { both, having, type Row, testRows } from './rows.ts';

/** Domains that take their memory from huge pages; the first result is the first one's. */
function inHugePages(...domains: Parameters<typeof withDomain>[0][]): Change {
  return (facts) => {
    const backing = '<memoryBacking><hugepages/></memoryBacking>';
    facts.libvirt.domains = domains.flatMap((parts, index) => {
      withDomain({ name: `guest${index + 1}`, backing, ...parts })(facts);
      return facts.libvirt.domains ?? [];
    });
  };
}

const rows: Row[] = [
  {
    id: 'domain.huge-pages',
    when: 'there are too few',
    change: withDomain({
      backing: '<memoryBacking><hugepages><page size="1" unit="GiB"/></hugepages></memoryBacking>',
    }),
    verdict: 'problem',
    todo: 'hugepages-1048576kB/nr_hugepages',
  },
  {
    id: 'domain.huge-pages',
    when: 'it names no size, and that of this machine is 1 GiB',
    change: both(
      withDomain({ backing: '<memoryBacking><hugepages/></memoryBacking>' }),
      having('memory', { hugePageKib: 1024 ** 2 }),
    ),
    verdict: 'problem',
    todo: 'echo 8 | sudo tee /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages',
  },
  {
    id: 'domain.huge-pages',
    when: 'what is missing would leave the host nothing',
    change: both(
      withDomain({ backing: '<memoryBacking><hugepages/></memoryBacking>' }),
      having('memory', { available: 9 * 1024 ** 2 }),
    ),
    verdict: 'problem',
    todo: ' What is missing is 8 GiB, and 9 GiB are available',
  },
  {
    id: 'domain.huge-pages',
    when: 'another domain lacks some too',
    change: inHugePages({ memoryMib: 4096 }, { memoryMib: 2048 }),
    verdict: 'problem',
    todo: 'echo 3072 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages The number is for',
  },
  {
    id: 'domain.huge-pages',
    when: 'another domain has the same card',
    change: inHugePages(
      { memoryMib: 4096, pci: ['01:00.0'] },
      { memoryMib: 2048, pci: ['01:00.0'] },
    ),
    verdict: 'problem',
    todo: 'echo 2048 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages That lasts',
  },
  {
    id: 'domain.huge-pages',
    when: 'there is no room for two domains at once',
    change: both(
      inHugePages({ memoryMib: 4096 }, { memoryMib: 2048 }),
      having('memory', { available: 7 * 1024 ** 2 }),
    ),
    verdict: 'problem',
    todo: 'echo 2048 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages That lasts',
  },
];

testRows(rows);
