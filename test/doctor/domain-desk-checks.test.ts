import type { FileFacts } from '../../src/host/ports.ts';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';
import { domainXml } from '../machines/domain.ts';
import { fileFacts, withDomain, type Change } from './healthy.ts';
import { both, type Row, testRows } from './rows.ts';

/** Shared memory of 32 MiB that no configuration names. */
function withShmem(found: FileFacts | 'absent', name = 'looking-glass-b'): Change {
  const devices = `<shmem name='${name}'><model type='ivshmem-plain'/><size unit='M'>32</size></shmem>`;
  return both(withDomain({ devices }), (facts) => {
    facts.paths = new Map([[`/dev/shm/${name}`, { found, uses: [], unread: {} }]]);
  });
}

const shmemBytes = 32 * 1024 ** 2;

const rows: Row[] = [
  {
    id: 'domain.shared-memory',
    when: 'its XML has none',
    change: withDomain({}),
    verdict: 'problem',
    todo: "<size unit='M'>64</size>",
  },
  {
    id: 'domain.shared-memory',
    when: 'it is of the wrong model',
    change: withDomain({
      devices: "<shmem name='looking-glass'><model type='ivshmem-doorbell'/></shmem>",
    }),
    verdict: 'problem',
    says: 'ivshmem-doorbell',
  },
  {
    id: 'domain.shmem-size',
    when: 'it is no power of two',
    change: withDomain({
      devices: "<shmem name='x'><model type='ivshmem-plain'/><size unit='M'>96</size></shmem>",
    }),
    verdict: 'problem',
    says: 'no power of two',
    todo: "<size unit='M'>128</size>",
  },
  {
    id: 'domain.shmem-size',
    when: 'the file has another',
    change: withDomain({
      devices:
        "<shmem name='looking-glass'><model type='ivshmem-plain'/><size unit='M'>32</size></shmem>",
    }),
    verdict: 'problem',
    todo: "<size unit='M'>64</size>",
  },
  {
    id: 'domain.shmem-size',
    when: 'its XML does not tell it, which stands for 4 MiB',
    change: withDomain({
      devices: "<shmem name='looking-glass'><model type='ivshmem-plain'/></shmem>",
    }),
    verdict: 'problem',
    says: 'looking-glass has 4 MiB in its XML, and 64 MiB by the configuration',
    todo: "<size unit='M'>64</size>",
  },
  {
    id: 'domain.shmem-size',
    when: 'nobody has made what no configuration names',
    change: withShmem('absent'),
    verdict: 'warning',
    todo: '[[looking-glass]]',
  },
  {
    id: 'domain.shmem-size',
    when: "nobody has made another program's",
    change: withShmem('absent', 'scream'),
    verdict: 'ok',
  },
  {
    id: 'domain.shmem-size',
    when: 'what no configuration names has another size',
    change: withShmem(fileFacts({ size: 1024 ** 2 })),
    verdict: 'problem',
    says: '1 MiB',
  },
  {
    id: 'domain.shmem-size',
    when: 'QEMU has made what no configuration names',
    change: withShmem(fileFacts({ size: shmemBytes, uid: 64_055, mode: 0o644 })),
    verdict: 'warning',
  },
  {
    id: 'domain.shmem-size',
    when: 'what no configuration names is as it has to be',
    change: withShmem(fileFacts({ size: shmemBytes })),
    verdict: 'ok',
  },
  {
    id: 'domain.spice',
    when: 'there is none',
    change: ({ libvirt }) => {
      const xml = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1 }).replace(
        "<graphics type='spice'/>",
        '',
      );
      libvirt.domains = [{ name: 'win10', isRunning: false, xml: parseDomainXml(xml), unread: {} }];
    },
    verdict: 'warning',
  },
  {
    id: 'domain.input',
    when: 'its XML lacks the proxies',
    change: withDomain({}),
    verdict: 'problem',
    todo: 'handglass input --domain win10 --xml',
  },
  {
    id: 'domain.evdev',
    when: 'a path is not there',
    change: both(
      withDomain({
        devices: "<input type='evdev'><source dev='/dev/input/by-id/gone-event-kbd'/></input>",
      }),
      (facts) => {
        facts.paths = new Map([
          ['/dev/input/by-id/gone-event-kbd', { found: 'absent', uses: [], unread: {} }],
        ]);
      },
    ),
    verdict: 'problem',
  },
];

testRows(rows);
