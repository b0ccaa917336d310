/** What is said to systems whose files change only as a whole, and to those with entries of their own. */
import { describe } from 'vitest';
import type { Boot, NextLine } from '../../src/system/boot.ts';
import { kernelParameters } from '../../src/system/kernel-parameters.ts';
import type { Change } from './healthy.ts';
import { lines, logged } from './logged.ts';
import { both, having, line, type Row, testRows } from './rows.ts';

const off: Change = both(line('quiet'), ({ pci }) => {
  pci.iommu.isOn = false;
});
const late: Change = both(line('vfio-pci.ids=10de:2684'), ({ pci }) => {
  Object.assign(pci.devices[1] ?? {}, { driver: 'nouveau' });
});
const iommuOff = { id: 'iommu.on', when: 'it is off', change: off };
const cardTaken = { id: 'kernel.vfio-ids', when: 'another driver was first', change: late };
const barHeld = {
  id: 'log.bar-reserved',
  when: 'the host shows on no other card',
  change: both(logged(lines['bar-reserved'] ?? ''), ({ pci }) => {
    pci.uses.byDevice = new Map();
  }),
};
const oldNpt = {
  id: 'cpu.old-npt',
  when: 'the old way around is still there',
  change: both(line('kvm_amd.npt=0'), having('cpu', { vendor: 'AuthenticAMD' })),
};
const unsigned = {
  id: 'log.unsigned-module',
  when: 'the kernel refuses one',
  change: logged(lines['unsigned-module'] ?? ''),
};
const resetFailed = {
  id: 'log.reset-failed',
  when: 'a card did not come back',
  change: logged(lines['reset-failed'] ?? ''),
};
const noQemu = {
  id: 'qemu.version',
  when: 'there is none',
  change: having('virtualization', { qemuVersion: '' }),
};
const misspelt = {
  id: 'kernel.ignored-parameter',
  when: 'a word is misspelt',
  change: line('iommu_pt'),
};
const noUnits = {
  id: 'service.units',
  when: 'there are none',
  change: having('service', { hasUnits: false }),
};
const noRules = {
  id: 'service.udev-rules',
  when: 'there are none',
  change: having('service', { hasUdevRules: false }),
};

const noConfiguration = {
  id: 'service.configuration',
  when: 'there is none',
  change: having('configuration', { state: 'absent', config: null }),
};

const before = 'Then start the machine anew, before any other command of this kind';

function rowsOn(boot: Partial<Boot>, todos: [Omit<Row, 'verdict'>, string][]): Row[] {
  const verdicts: Record<string, Row['verdict']> = {
    'cpu.old-npt': 'warning',
    'log.unsigned-module': 'warning',
    'service.units': 'warning',
    'service.configuration': 'warning',
  };
  return todos.map(([row, todo]) => ({
    ...row,
    change: both(
      having('boot', boot),
      having('pci', { systemTool: boot.systemTool ?? 'packages' }),
      row.change,
    ),
    verdict: verdicts[row.id] ?? 'problem',
    todo,
  }));
}

const dracut = { generator: 'dracut', modules: [] } as const;

describe('a MicroOS with GRUB', () => {
  testRows(
    rowsOn(
      {
        systemTool: 'transactional-update',
        lineTool: 'transactional-update',
        initramfs: { ...dracut, modules: [] },
      },
      [
        [
          iommuOff,
          `&iommu=pt /" /etc/default/grub && sudo transactional-update grub.cfg ${before}`,
        ],
        [
          cardTaken,
          `sudo tee --append /etc/dracut.conf.d/vfio.conf && sudo transactional-update initrd ${before}`,
        ],
        [barHeld, " `initcall_blacklist=sysfb_init` on the kernel's command line frees it"],
        [noQemu, `sudo transactional-update pkg install qemu-x86 ${before}`],
        [noUnits, 'in `sudo transactional-update shell` copy it'],
        [noRules, '/etc/udev/rules.d/65-handglass.rules && sudo udevadm control --reload'],
        [
          noConfiguration,
          'sudo install -D -m 644 /usr/lib/handglass/config/handglass.toml /etc/handglass/handglass.toml It',
        ],
      ],
    ),
  );
});

/** A file that is the line, or a part of it. */
function plainLine(file: string, text: string): NextLine {
  return { file, variable: '', isQuoted: false, parameters: kernelParameters(text) };
}

describe('a MicroOS whose entries stand for themselves', () => {
  testRows(
    rowsOn(
      {
        systemTool: 'transactional-update',
        lineTool: 'sdbootutil',
        nextLine: [plainLine('/etc/kernel/cmdline', 'iommu_pt')],
      },
      [
        [
          iommuOff,
          "Put `intel_iommu=on` and `iommu=pt` on the kernel's command line in /etc/kernel/cmdline, run `sudo sdbootutil update-all-entries`, and start",
        ],
        [misspelt, 'in place of `iommu_pt` in /etc/kernel/cmdline, run'],
      ],
    ),
  );
});

describe('a Tumbleweed whose entries stand for themselves', () => {
  testRows(
    rowsOn({ lineTool: 'sdbootutil', initramfs: { ...dracut, modules: [] } }, [
      [
        cardTaken,
        'sudo tee --append /etc/dracut.conf.d/vfio.conf && sudo sdbootutil mkinitrd Then start the machine anew.',
      ],
    ]),
  );

  const inParts: Change = having('boot', {
    lineTool: 'sdbootutil',
    nextLine: [
      plainLine('/etc/kernel/cmdline', 'quiet'),
      plainLine('/usr/kernel/cmdline.d/a.conf', 'iommu=pt acs_override'),
      plainLine('/etc/kernel/cmdline.d/b.conf', 'intel_iommu=on iommu_pt'),
    ],
  });
  testRows([
    {
      id: 'kernel.parameters-lost',
      when: 'they stand in parts of the line',
      change: both(inParts, line('quiet intel_iommu=on iommu=pt')),
      verdict: 'ok',
    },
    {
      id: 'kernel.parameters-lost',
      when: 'they stand in none',
      change: both(inParts, line('hugepages=64')),
      verdict: 'warning',
      todo: 'line in /etc/kernel/cmdline, run `sudo sdbootutil update-all-entries`',
    },
    {
      id: 'kernel.parameters-pending',
      when: 'a part of the line was not taken over',
      change: both(inParts, line('quiet intel_iommu=on')),
      verdict: 'warning',
      says: '`iommu=pt`, `acs_override`, `iommu_pt` stands in /usr/kernel/cmdline.d/a.conf',
      todo: 'sudo sdbootutil update-all-entries',
    },
    {
      id: 'kernel.ignored-parameter',
      when: 'a part of the line has a misspelt word',
      change: both(inParts, line('iommu_pt')),
      verdict: 'problem',
      todo: 'in place of `iommu_pt` in /etc/kernel/cmdline.d/b.conf, run',
    },
    {
      id: 'kernel.ignored-parameter',
      when: 'a part of the line that is not for hands has a misspelt word',
      change: both(inParts, line('acs_override')),
      verdict: 'problem',
      todo: " off the kernel's command line, and start the machine anew.",
    },
  ]);
});

describe('a Vanilla OS', () => {
  testRows(
    rowsOn({ systemTool: 'abroot', lineTool: 'abroot' }, [
      [
        iommuOff,
        `sudo abroot kargs edit Put \`intel_iommu=on\` and \`iommu=pt\` on the kernel's command line there. ${before}`,
      ],
      [barHeld, "sysfb_init` on the kernel's command line (`sudo abroot kargs edit`) frees it"],
      [cardTaken, `/etc/initramfs-tools/modules && sudo abroot update-initramfs ${before}`],
      [noQemu, `sudo abroot pkg add qemu-system-x86 && sudo abroot pkg apply ${before}`],
      [noUnits, 'install it into the image'],
    ]),
  );
});

describe('a Kinoite', () => {
  testRows(
    rowsOn({ systemTool: 'rpm-ostree', lineTool: 'rpm-ostree' }, [
      [unsigned, '`sudo mokutil --import` takes its file. Then start the machine anew and enrol'],
      [
        resetFailed,
        'or have the module vendor-reset built for this kernel where the system is built.',
      ],
      [oldNpt, 'sudo rpm-ostree kargs --delete-if-present=kvm_amd.npt=0 Then start the machine'],
      [barHeld, 'command line (`sudo rpm-ostree kargs --editor`) frees it, and takes the screen'],
    ]),
  );
});

describe('an image of bootc', () => {
  testRows(
    rowsOn({ systemTool: 'bootc', lineTool: 'bootc', initramfs: { ...dracut, modules: [] } }, [
      [
        misspelt,
        ' Put `"iommu=pt"` into the `kargs` of a file in /usr/lib/bootc/kargs.d in place of `"iommu_pt"` where the image of the system is built, run `sudo bootc upgrade`',
      ],
      [
        barHeld,
        ' `"initcall_blacklist=sysfb_init"` in the `kargs` of a file in /usr/lib/bootc/kargs.d frees it',
      ],
      [oldNpt, ' Take `"kvm_amd.npt=0"` out of the `kargs` of a file'],
      [cardTaken, ' Have the initramfs load vfio_pci before all graphics drivers, where the image'],
      [noQemu, ' Have qemu-system-x86 installed where the image of the system is built'],
      [noUnits, 'install it into the image'],
    ]),
  );
});

describe('an Ubuntu Core', () => {
  testRows(
    rowsOn({ systemTool: 'unknown', lineTool: 'unknown' }, [
      [iommuOff, " Put `intel_iommu=on` and `iommu=pt` on the kernel's command line, and start"],
      [cardTaken, ' Have the initramfs load vfio_pci before all graphics drivers.'],
      [noQemu, " Install it by the distribution's own means"],
      [noUnits, 'install it into the image'],
    ]),
  );
});
