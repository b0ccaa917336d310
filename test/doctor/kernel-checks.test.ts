import { expect, test } from 'vitest';
import type { ModuleRule } from '../../src/system/kernel.ts';
import { card, type Change, found } from './healthy.ts';
import { both, having, hostDisk, line, onlyCard, type Row, testRows } from './rows.ts';

const loadable: Change = ({ kernel }) => void (kernel.modules['vfio_pci'] = 'loadable');

function prohibited(rule: Partial<ModuleRule>): Change {
  const whole = { file: '/etc/modprobe.d/v.conf', kind: 'install', module: 'vfio_pci', text: '' };
  return both(loadable, having('kernel', { moduleRules: [{ ...whole, ...rule } as ModuleRule] }));
}

const rows: Row[] = [
  {
    id: 'kernel.vfio-pci',
    when: 'the kernel has none',
    change: ({ kernel }) => {
      kernel.modules['vfio_pci'] = 'absent';
    },
    verdict: 'problem',
  },
  {
    id: 'kernel.vfio-pci',
    when: 'a file prohibits it',
    change: prohibited({ kind: 'blacklist', file: '/etc/modprobe.d/no-vfio.conf' }),
    verdict: 'problem',
    says: '/etc/modprobe.d/no-vfio.conf keeps it from being loaded',
    todo: String.raw`'/^\s*(blacklist|install)\s+vfio[-_]pci\b/d' /etc/modprobe.d/no-vfio.conf`,
  },
  {
    id: 'kernel.vfio-pci',
    when: 'a file of the system has something else done in its place',
    change: prohibited({ kind: 'install', text: '/bin/false', file: '/usr/lib/modprobe.d/n.conf' }),
    verdict: 'problem',
    todo: 'Take it out of a copy of /usr/lib/modprobe.d/n.conf in /etc/modprobe.d.',
  },
  {
    id: 'kernel.vfio-pci',
    when: 'a file has something done before it',
    change: prohibited({ kind: 'install', text: '/usr/local/bin/set-ids; modprobe -i vfio-pci' }),
    verdict: 'ok',
  },
  {
    id: 'kernel.vfio-pci',
    when: 'the command line prohibits it among others',
    change: both(loadable, line('modprobe.blacklist=nouveau,vfio-pci')),
    verdict: 'problem',
    says: '`modprobe.blacklist=nouveau,vfio-pci` keeps it from being loaded',
    todo: 'modprobe.blacklist=nouveau',
  },
  {
    id: 'kernel.vfio-pci',
    when: 'the list of modules cannot be read',
    change: ({ kernel }) => {
      kernel.modules['vfio_pci'] = null;
      kernel.unread['modules'] = 'no such file or directory';
    },
    verdict: 'unknown',
  },
  {
    id: 'kernel.vfio-options',
    when: 'what is built in has options in a file',
    change: ({ kernel }) => {
      kernel.modules['vfio_pci'] = 'built-in';
      kernel.moduleRules = [
        {
          file: '/etc/modprobe.d/v.conf',
          kind: 'options',
          module: 'vfio_pci',
          text: 'ids=10de:2684',
        },
      ];
    },
    verdict: 'problem',
    todo: 'vfio-pci.ids=10de:2684',
  },
  {
    id: 'kernel.vfio-options',
    when: 'what is built in has its options by the command line too',
    change: both(line('vfio_pci.ids=10de:2684 vfio-pci.disable_vga=1'), ({ kernel }) => {
      kernel.modules['vfio_pci'] = 'built-in';
      const file = '/etc/modprobe.d/v.conf';
      kernel.moduleRules = ['ids=10de:2684', 'disable_vga=1'].map((text) => {
        return { file, kind: 'options', module: 'vfio_pci', text };
      });
    }),
    verdict: 'ok',
  },
  {
    id: 'kernel.vfio-options',
    when: 'the command line gives what is built in a part of its options',
    change: both(line('vfio-pci.ids=10de:2684'), ({ kernel, boot }) => {
      kernel.modules['vfio_pci'] = 'built-in';
      boot.lineTool = 'grubby';
      const text = 'ids=10de:2684 disable_vga=1';
      kernel.moduleRules = [{ file: '/v.conf', kind: 'options', module: 'vfio_pci', text }];
    }),
    verdict: 'problem',
    todo: '--args="vfio-pci.disable_vga=1"',
  },
  {
    id: 'kernel.vfio-options',
    when: 'the last of what the command line gives what is built in is another',
    change: both(line('vfio-pci.ids=10de:2684 vfio-pci.ids=10de:22ba'), ({ kernel, boot }) => {
      kernel.modules['vfio_pci'] = 'built-in';
      boot.lineTool = 'grubby';
      const text = 'ids=10de:2684';
      kernel.moduleRules = [{ file: '/v.conf', kind: 'options', module: 'vfio_pci', text }];
    }),
    verdict: 'problem',
    todo: '--remove-args="vfio-pci.ids=10de:2684 vfio-pci.ids=10de:22ba"',
  },
  {
    id: 'kernel.vfio-options',
    when: 'what is built in would take the disk that the host starts from',
    change: both(hostDisk, ({ kernel }) => {
      kernel.modules['vfio_pci'] = 'built-in';
      const text = 'ids=144d:a808';
      kernel.moduleRules = [{ file: '/v.conf', kind: 'options', module: 'vfio_pci', text }];
    }),
    verdict: 'problem',
    todo: 'The host would lose',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'no device has the ids',
    change: line('vfio-pci.ids=1002:73bf'),
    verdict: 'warning',
    says: '1002:73bf',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'another driver was first',
    change: (facts) => {
      line('vfio-pci.ids=10de:2684')(facts);
      const device = facts.pci.devices[1];
      if (device !== undefined) device.driver = 'nouveau';
      facts.pci.candidates = new Map([['0000:01:00.0', ['vfio_pci', 'nouveau', 'nvidia']]]);
    },
    verdict: 'problem',
    says: 'nouveau has it',
    todo: "printf '%s\\n' 'softdep nouveau pre: vfio-pci' 'softdep nvidia pre: vfio-pci' | sudo tee --append /etc/modprobe.d/vfio.conf && printf",
  },
  {
    id: 'kernel.vfio-ids',
    when: 'another driver was first, and the system is an image',
    change: both(having('boot', { systemTool: 'rpm-ostree' }), ({ kernel, pci }) => {
      const text = 'ids=10de:2684';
      const file = '/etc/modprobe.d/vfio.conf';
      kernel.moduleRules = [{ kind: 'options', module: 'vfio_pci', text, file }];
      Object.assign(pci.devices[1] ?? {}, { driver: 'nouveau' });
    }),
    verdict: 'problem',
    todo: 'sudo rpm-ostree initramfs --enable --arg=--force-drivers',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'nobody tells who has the device',
    change: both(line('vfio-pci.ids=10de:2684'), ({ pci }) => {
      Object.assign(pci.devices[1] ?? {}, { driver: null, unread: { driver: 'no answer' } });
    }),
    verdict: 'unknown',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'the host starts from a device with these ids',
    change: both(line('vfio-pci.ids=144d:a808'), hostDisk),
    verdict: 'problem',
    todo: 'The host would lose /dev/nvme0n1p2, mounted on /',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'the only display of the host is on it',
    change: both(line('vfio-pci.ids=8086:4680'), ({ pci }) => {
      Object.assign(pci.devices[1] ?? {}, { driver: 'nouveau' });
    }),
    verdict: 'problem',
    todo: 'The host would lose the display on DP-1: see to that first.',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'another card is left to the host, and neither tells of a display',
    change: both(line('vfio-pci.ids=10de:2684'), ({ pci }) => {
      Object.assign(pci.devices[1] ?? {}, { driver: 'nvidia' });
      Object.assign(pci.uses, { byDevice: new Map(), withConnectors: new Set() });
    }),
    verdict: 'problem',
    todo: 'update-initramfs',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'one of two twins stays',
    change: (facts) => {
      line('vfio-pci.ids=10de:2684')(facts);
      facts.pci.devices.push(card('0000:02:00.0', { driver: 'nvidia' }));
    },
    verdict: 'ok',
    says: '0000:02:00.0 is with the host',
  },
  {
    id: 'kernel.kvmfr',
    when: 'nothing is to be in it',
    change: () => {},
    verdict: 'none',
  },
];

testRows(rows);

test("no command takes the host's only card, nor its sound, with which vfio-pci would take it", () => {
  const results = found(
    'kernel.vfio-ids',
    both(line('vfio-pci.ids=10de:2684,10de:22ba'), onlyCard),
  );
  expect(results.map(({ about, verdict, remedy }) => [about, verdict, remedy])).toEqual([
    ['10de:2684', 'problem', null],
    ['10de:22ba', 'problem', null],
  ]);
});
