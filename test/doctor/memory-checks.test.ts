import { both, having, type Row, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'memory.huge-pages',
    when: 'nobody tells which domains there are',
    change: both(
      having('memory', { hugePages: [{ pageKib: 2048, all: 4096, free: 4096 }] }),
      having('libvirt', { domains: null, unread: { domains: 'no answer' } }),
    ),
    verdict: 'unknown',
    says: 'no answer',
  },
  {
    id: 'memory.huge-pages',
    when: 'what is no domain has some of them',
    change: having('memory', { hugePages: [{ pageKib: 2048, all: 4096, free: 1024 }] }),
    verdict: 'ok',
  },
  {
    id: 'memory.huge-pages',
    when: 'nobody uses those that are set aside',
    change: having('memory', {
      hugePages: [
        { pageKib: 2048, all: 0, free: 0 },
        { pageKib: 1_048_576, all: 8, free: 8 },
      ],
    }),
    verdict: 'warning',
    todo: 'echo 0 | sudo tee /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages',
  },
  {
    id: 'memory.transparent-huge-pages',
    when: 'they are off',
    change: having('memory', { transparent: 'never' }),
    verdict: 'warning',
    todo: 'echo madvise',
  },
  {
    id: 'memory.merging',
    when: 'it is on',
    change: having('memory', { isMerging: true }),
    verdict: 'warning',
    todo: 'echo 2 |',
  },
  {
    id: 'memory.shared',
    when: 'there is no room for the file',
    change: ({ memory, sharedMemory: [file] }) => {
      memory.shared = { size: 64 * 1024 ** 2, free: 16 * 1024 ** 2 };
      if (file !== undefined) file.found = 'absent';
    },
    verdict: 'problem',
    says: 'need 64 MiB more',
    todo: 'size=128M /dev/shm That lasts until the next start; the line `tmpfs /dev/shm tmpfs nosuid,nodev,size=128M 0 0` in /etc/fstab',
  },
  {
    id: 'memory.size',
    when: 'there is little',
    change: having('memory', { total: 4 * 1024 ** 2 }),
    verdict: 'warning',
  },
];

testRows(rows);
