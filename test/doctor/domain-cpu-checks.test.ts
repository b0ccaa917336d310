import { withDomain } from './healthy.ts';
import { both, gpu, guest, having, type Row, testRows } from './rows.ts';

/** Two fast cores of two threads, and four small ones. */
const hybrid = having('cpu', {
  hybrid: { fast: [0, 1, 2, 3], small: [4, 5, 6, 7] },
  processors: [[0, 1], [2, 3], [4], [5], [6], [7]].flatMap((siblings) =>
    siblings.map((number) => ({ number, siblings })),
  ),
});
const halves = [
  [0, 1, 4, 5],
  [2, 3, 6, 7],
];

const rows: Row[] = [
  {
    id: 'domain.pins',
    when: 'a processor does not exist',
    change: withDomain({ pins: [9] }),
    verdict: 'problem',
    says: 'vcpu 0 to 9',
  },
  {
    id: 'domain.pins',
    when: 'a vcpu does not exist',
    change: withDomain({ vcpus: 2, pins: [1, 5, 2] }),
    verdict: 'problem',
    says: 'It pins vcpu 2, and has 2 vcpus',
  },
  {
    id: 'domain.pinned-caches',
    when: 'two caches are used where one would do',
    change: both(withDomain({ pins: [1, 2] }), having('cpu', { caches: halves })),
    verdict: 'warning',
    todo: 'One cache has the processors 0-1,4-5',
  },
  {
    id: 'domain.pinned-caches',
    when: 'no cache is for as many',
    change: both(withDomain({ pins: [0, 1, 2, 4, 5, 6] }), having('cpu', { caches: halves })),
    verdict: 'ok',
    says: 'since none has 6',
  },
  {
    id: 'domain.pinned-caches',
    when: 'one cache is used',
    change: both(withDomain({ pins: [0, 1] }), having('cpu', { caches: halves })),
    verdict: 'ok',
    says: 'share one cache',
  },
  {
    id: 'domain.pinned-cores',
    when: 'half a core is pinned',
    change: withDomain({ pins: [1, 2] }),
    verdict: 'warning',
    todo: '0+4, 1+5',
  },
  {
    id: 'domain.pinned-cores',
    when: 'threads are told as cores',
    change: withDomain({ pins: [1, 5, 2, 6] }),
    verdict: 'warning',
    todo: "threads='2'",
  },
  {
    id: 'domain.pinned-nodes',
    when: 'its card is on another node',
    change: both(withDomain({ pins: [1, 5], ...gpu }), guest(1, { numaNode: 1 }), ({ cpu }) => {
      cpu.nodes = [
        { number: 0, processors: [0, 1, 2, 3, 4, 5] },
        { number: 1, processors: [6, 7] },
      ];
    }),
    verdict: 'warning',
    todo: 'That node has the processors 6-7',
  },
  {
    id: 'domain.topology',
    when: 'it sees one core in each of four sockets',
    change: withDomain({ topology: '' }),
    verdict: 'warning',
    todo: "cores='4'",
  },
  {
    id: 'domain.topology',
    when: 'it is for another number of vcpus',
    change: withDomain({ topology: "<topology sockets='1' cores='3' threads='1'/>" }),
    verdict: 'problem',
  },
  {
    id: 'domain.topoext',
    when: 'AMD is told threads without it',
    change: both(
      withDomain({ topology: "<topology sockets='1' cores='2' threads='2'/>" }),
      ({ cpu }) => {
        cpu.vendor = 'AuthenticAMD';
      },
    ),
    verdict: 'warning',
    todo: 'topoext',
  },
  {
    id: 'domain.pinned-kinds',
    when: 'it has fast and small ones',
    change: both(hybrid, withDomain({ pins: [0, 1, 4, 5] })),
    verdict: 'warning',
    says: 'fast cores (0-1) and to small ones (4-5)',
  },
  {
    id: 'domain.pinned-kinds',
    when: 'it has small ones alone',
    change: both(hybrid, withDomain({ pins: [4, 5, 6, 7] })),
    verdict: 'ok',
  },
  {
    id: 'domain.pinned-cores',
    when: 'it has small ones alone, of one thread each',
    change: both(hybrid, withDomain({ pins: [4, 5, 6, 7] })),
    verdict: 'ok',
  },
];

testRows(rows);
