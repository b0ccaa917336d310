import { expect, test } from 'vitest';
import { kernelParameters } from '../../src/system/kernel-parameters.ts';
import type { PciDevice } from '../../src/system/pci.ts';
import { card, type Change, found, withDomain } from './healthy.ts';
import { both, having, line, type Row, testRows } from './rows.ts';

/** The disk that the host starts from. */
const hostDisk: Change = ({ pci }) => {
  const device = { vendor: '144d', device: 'a808', class: '010802', driver: 'nvme' };
  pci.devices.push(card('0000:03:00.0', { ...device, bootVga: null }));
  const use = { kind: 'mounted' as const, node: '/dev/nvme0n1p2', places: ['/'] };
  Object.assign(pci.uses, {
    byDevice: new Map([...pci.uses.byDevice, ['0000:03:00.0', [{ kind: 'disk', use }]]]),
  });
};

/** Without the processor's graphics, under a driver that shows no connectors. */
const onlyCard: Change = ({ pci }) => {
  pci.devices.shift();
  Object.assign(pci.devices[0] ?? {}, { driver: 'nvidia', bootVga: true });
  Object.assign(pci.devices[1] ?? {}, { driver: 'snd_hda_intel' });
  Object.assign(pci.uses, { byDevice: new Map(), withConnectors: new Set() });
};

/** A file that GRUB reads behind /etc/default/grub. */
const grubPart =
  (text: string): Change =>
  ({ boot }) => {
    const file = '/etc/default/grub.d/50-cloud.cfg';
    const variable = 'GRUB_CMDLINE_LINUX_DEFAULT';
    boot.nextLine?.push({ file, variable, isQuoted: true, parameters: kernelParameters(text) });
  };

/** VFIO was told to have the card without an IOMMU. */
const allowedByFile: Change = ({ pci, kernel }) => {
  pci.iommu.unsafeInterrupts = true;
  const [file, text] = ['/etc/modprobe.d/v.conf', 'allow_unsafe_interrupts=1'];
  kernel.moduleRules = [{ file, kind: 'options', module: 'vfio_iommu_type1', text }];
};
const unsafeGroup: Change = ({ pci }) => {
  const devices = ['0000:01:00.0'];
  pci.iommu.unsafeGroups = [{ number: 3, type: 'unknown', devices, unread: {} }];
};

const unreadOfCard =
  (fact: keyof PciDevice): Change =>
  ({ pci }) => {
    const unread = { [fact]: 'input/output error' };
    Object.assign(pci.devices[1] ?? {}, { [fact]: null, unread });
  };

const rows: Row[] = [
  {
    id: 'cpu.virtualization',
    when: 'the firmware has it off',
    change: ({ cpu, virtualization }) => {
      cpu.virtualization = 'none';
      virtualization.kvmNode = 'absent';
    },
    verdict: 'problem',
    todo: '`Intel VT-x`',
  },
  {
    id: 'cpu.virtualization',
    when: 'this is a guest',
    change: having('cpu', { virtualization: 'none', isGuest: true }),
    verdict: 'problem',
    todo: 'host-passthrough',
  },
  {
    id: 'cpu.virtualization',
    when: 'this is a guest that runs guests, which its processor does not say',
    change: both(having('cpu', { virtualization: 'none', isGuest: true }), ({ kernel }) => {
      kernel.modules['kvm_intel'] = 'loaded';
    }),
    verdict: 'ok',
  },
  {
    id: 'cpu.virtualization',
    when: 'its flags cannot be read',
    change: ({ cpu }) => {
      cpu.virtualization = null;
      cpu.unread['virtualization'] = 'permission denied';
    },
    verdict: 'unknown',
    says: 'permission denied',
    todo: 'sudo handglass doctor',
  },
  {
    id: 'cpu.kvm',
    when: 'the module is not loaded on AMD',
    change: ({ cpu, virtualization }) => {
      cpu.vendor = 'AuthenticAMD';
      virtualization.kvmNode = 'absent';
    },
    verdict: 'problem',
    todo: 'sudo modprobe kvm_amd',
  },
  {
    id: 'cpu.kvm',
    when: 'this is a container',
    change: ({ boot, virtualization }) => {
      boot.container = 'docker';
      virtualization.kvmNode = 'absent';
    },
    verdict: 'problem',
    todo: '--device /dev/kvm',
  },
  {
    id: 'cpu.governor',
    when: 'it stays low',
    change: having('cpu', { governors: ['powersave'] }),
    verdict: 'warning',
    todo: 'echo performance | sudo tee',
  },
  {
    id: 'cpu.governor',
    when: 'the word is powersave and the hardware decides',
    change: having('cpu', { governors: ['powersave'], frequencyDriver: 'intel_pstate' }),
    verdict: 'ok',
  },
  {
    id: 'cpu.clock-source',
    when: 'the TSC is not trusted',
    change: having('cpu', { clockSource: 'hpet' }),
    verdict: 'warning',
    says: 'high DPC latency',
  },
  {
    id: 'cpu.old-npt',
    when: 'the kernel has the old fault',
    change: ({ cpu, kernel }) => {
      cpu.vendor = 'AuthenticAMD';
      kernel.version = [4, 9];
    },
    verdict: 'warning',
  },
  {
    id: 'cpu.old-npt',
    when: 'the old way around is still there',
    change: (facts) => {
      facts.cpu.vendor = 'AuthenticAMD';
      line('kvm_amd.npt=0')(facts);
    },
    verdict: 'warning',
    todo: '`kvm_amd.npt=0`',
  },
  { id: 'cpu.old-npt', when: 'it is no AMD', change: () => {}, verdict: 'none' },
  {
    id: 'cpu.topology',
    when: 'the last cores have fewer threads',
    change: ({ cpu }) => {
      cpu.processors?.push({ number: 8, siblings: [8] });
    },
    verdict: 'ok',
    says: 'such as 3 and 7',
  },
  {
    id: 'cpu.hybrid',
    when: 'there are small cores',
    change: having('cpu', { hybrid: { fast: [0, 1, 2, 3], small: [4, 5, 6, 7] } }),
    verdict: 'ok',
    says: 'Fast are the processors 0-3, small 4-7',
  },
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
    todo: 'size=128M',
  },
  {
    id: 'memory.size',
    when: 'there is little',
    change: having('memory', { total: 4 * 1024 ** 2 }),
    verdict: 'warning',
  },
  {
    id: 'boot.virqfd',
    when: 'the initramfs names what is gone',
    change: ({ boot, kernel }) => {
      kernel.version = [6, 8];
      boot.initramfs = {
        generator: 'mkinitcpio',
        modules: [{ name: 'vfio_virqfd', file: '/etc/mkinitcpio.conf' }],
      };
    },
    verdict: 'problem',
    todo: "sudo sed -i 's/ *vfio[_-]virqfd//' /etc/mkinitcpio.conf",
  },
  {
    id: 'boot.virqfd',
    when: 'the kernel still has it',
    change: having('boot', {
      initramfs: {
        generator: 'mkinitcpio',
        modules: [{ name: 'vfio_virqfd', file: '/etc/mkinitcpio.conf' }],
      },
    }),
    verdict: 'ok',
  },
  {
    id: 'boot.secure-boot',
    when: 'modules of one’s own are there',
    change: having('boot', { secureBoot: true }),
    verdict: 'warning',
    todo: 'mokutil --import /var/lib/dkms/mok.pub',
  },
  {
    id: 'boot.secure-boot',
    when: 'modules of one’s own are there on Ubuntu',
    change: both(having('boot', { secureBoot: true }), ({ boot }) => {
      boot.distribution?.family.push('ubuntu');
    }),
    verdict: 'warning',
    todo: 'mokutil --import /var/lib/shim-signed/mok/MOK.der',
  },
  {
    id: 'boot.secure-boot',
    when: 'modules of one’s own are loaded',
    change: both(having('boot', { secureBoot: true }), ({ kernel }) => {
      Object.assign(kernel.modules, { kvmfr: 'loaded', vendor_reset: 'loaded' });
    }),
    verdict: 'ok',
  },
  {
    id: 'boot.container',
    when: 'it is one',
    change: having('boot', { container: 'podman' }),
    verdict: 'warning',
    says: 'This is a container (podman),',
  },
  {
    id: 'boot.container',
    when: 'it is one that nothing names',
    change: having('boot', { container: 'other' }),
    verdict: 'warning',
    says: 'This is a container, which',
  },
  {
    id: 'boot.container',
    when: 'Windows is around it',
    change: having('boot', { container: 'wsl' }),
    verdict: 'warning',
    says: '(WSL)',
  },
  {
    id: 'boot.defaults-folder',
    when: 'somebody wrote there',
    change: having('boot', { hasDefaultsFolder: true }),
    verdict: 'warning',
  },
  {
    id: 'boot.lockdown',
    when: 'root may not read',
    change: having('boot', { lockdown: 'confidentiality' }),
    verdict: 'warning',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'iommu_pt is there',
    change: line('quiet iommu_pt'),
    verdict: 'problem',
    says: 'what is meant is `iommu=pt`',
    todo: '`iommu=pt`',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'AMD is told to be on',
    change: line('amd_iommu=on'),
    verdict: 'warning',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'AMD is told to be on in general',
    change: both(line('iommu=on'), having('cpu', { vendor: 'AuthenticAMD' })),
    verdict: 'warning',
    todo: "Take `iommu=on` off the kernel's command line, and start",
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'AMD is told what is of Intel, and to let its own devices pass',
    change: both(line('intel_iommu=yes,pt'), having('cpu', { vendor: 'AuthenticAMD' })),
    verdict: 'problem',
    todo: "Put `iommu=pt` on the kernel's command line in place of",
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'vfio-pci.id is there',
    change: (facts) => {
      line('vfio-pci.id=10de:2684')(facts);
      facts.boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: 'sudo grubby --update-kernel=ALL --remove-args="vfio-pci.id=10de:2684" --args="vfio-pci.ids=10de:2684"',
  },
  ...['vfio-pci', 'acs_override', 'isolcpu'].map((word): Row => ({
    id: 'kernel.ignored-parameter',
    when: `${word} has no value`,
    change: both(line(word), having('boot', { lineTool: 'grubby' })),
    verdict: 'problem',
    says: 'of which the value is missing',
    todo: `sudo grubby --update-kernel=ALL --remove-args="${word}" Then`,
  })),
  {
    id: 'kernel.ignored-parameter',
    when: 'what needs no value is misspelt',
    change: both(line('allow_unsafe_interrupts'), having('boot', { lineTool: 'grubby' })),
    verdict: 'problem',
    todo: '--args="vfio_iommu_type1.allow_unsafe_interrupts"',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'a word could mean something to a shell',
    change: (facts) => {
      line('vfio-pci.id=$(reboot)')(facts);
      facts.boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: "on the kernel's command line in place of",
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'all is spelled right',
    change: line(
      'intel_iommu=on,sm_on iommu=pt amd_iommu=pgtbl_v2 vfio-pci.ids=10de:2684,10de:22ba',
    ),
    verdict: 'ok',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'a word has one letter too many',
    change: line('iommu=pti'),
    verdict: 'warning',
    todo: 'Put `iommu=pt` on the kernel',
  },
  {
    id: 'kernel.huge-page-order',
    when: 'the count stands before the size',
    change: line('hugepages=8 hugepagesz=1G'),
    verdict: 'problem',
  },
  {
    id: 'kernel.huge-page-order',
    when: 'the default size has a count, and another has its own',
    change: line('hugepages=512 hugepagesz=1G hugepages=8'),
    verdict: 'ok',
  },
  {
    id: 'kernel.acs-override',
    when: 'it is on',
    change: line('pcie_acs_override=downstream,multifunction'),
    verdict: 'warning',
    says: 'smaller IOMMU groups',
  },
  {
    id: 'kernel.acs-override',
    when: 'it is on, and only a person can change that',
    change: both(line('pcie_acs_override=downstream'), having('boot', { lineTool: null })),
    verdict: 'warning',
    todo: "Take `pcie_acs_override=downstream` off the kernel's command line, and start the machine anew. Keep it only",
  },
  {
    id: 'kernel.parameters-pending',
    when: 'the file was not taken over',
    change: line('quiet'),
    verdict: 'warning',
    says: '`intel_iommu=on` stands in /etc/default/grub',
    todo: 'sudo update-grub',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'grubby keeps them elsewhere than in the file',
    change: both(line('quiet'), having('boot', { lineTool: 'grubby' })),
    verdict: 'warning',
    todo: 'sudo grubby --update-kernel=ALL --args="intel_iommu=on"',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'the system is an image',
    change: both(line('quiet'), having('boot', { lineTool: 'rpm-ostree' })),
    verdict: 'warning',
    todo: 'sudo rpm-ostree kargs --append-if-missing=intel_iommu=on',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'the system is an image of bootc',
    change: both(line('quiet'), having('boot', { lineTool: 'bootc' })),
    verdict: 'warning',
    todo: ' Put `"intel_iommu=on"` into the `kargs` of a file in /usr/lib/bootc/kargs.d where',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'abroot keeps them elsewhere than in the file',
    change: both(line('quiet'), having('boot', { lineTool: 'abroot' })),
    verdict: 'warning',
    todo: 'sudo abroot kargs edit',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'they stand in no file',
    change: line('quiet intel_iommu=on iommu=pt amd_iommu=on'),
    verdict: 'warning',
    says: 'was given `iommu=pt`, and',
    todo: '&iommu=pt /',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'a later file sets the variable anew',
    change: both(line('intel_iommu=on'), grubPart('quiet')),
    verdict: 'warning',
    says: 'was given `intel_iommu=on`, and',
    todo: "Put `intel_iommu=on` on the kernel's command line in /etc/default/grub.d/50-cloud.cfg, run `sudo update-grub`, and",
  },
  {
    id: 'kernel.parameters-lost',
    when: 'a later file takes the variable along',
    change: both(line('intel_iommu=on'), grubPart('${GRUB_CMDLINE_LINUX_DEFAULT} quiet')),
    verdict: 'ok',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'a later file sets one of two variables anew',
    change: both(line('intel_iommu=on'), grubPart('$GRUB_CMDLINE_LINUX'), ({ boot }) => {
      const [first] = boot.nextLine ?? [];
      const parameters = kernelParameters('quiet');
      if (first === undefined) return;
      boot.nextLine?.unshift({ ...first, variable: 'GRUB_CMDLINE_LINUX', parameters });
    }),
    verdict: 'warning',
    todo: '"s/^GRUB_CMDLINE_LINUX=',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'a later file sets the variable anew',
    change: both(line('quiet'), grubPart('quiet')),
    verdict: 'ok',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'grubby keeps them',
    change: both(line('iommu=pt'), having('boot', { lineTool: 'grubby' })),
    verdict: 'none',
  },
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
    id: 'kernel.parameters-pending',
    when: "it would take the host's only card, whose driver does not tell of a display",
    change: both(onlyCard, ({ boot }) => {
      boot.nextLine?.[0]?.parameters.push(...kernelParameters('vfio-pci.ids=10de:2684'));
    }),
    verdict: 'warning',
    todo: 'The driver nvidia does not say whether the host has a display on it: see that first.',
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
    id: 'kernel.ignored-parameter',
    when: 'what is meant would take the disk that the host starts from',
    change: both(line('vfio-pci.id=144d:a808'), hostDisk),
    verdict: 'problem',
    todo: 'The host would lose',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'it would take the disk that the host starts from',
    change: both(hostDisk, ({ boot }) => {
      boot.nextLine?.[0]?.parameters.push(...kernelParameters('vfio-pci.ids=144d:a808'));
    }),
    verdict: 'warning',
    todo: 'The host would lose',
  },
  {
    id: 'graphics.functions',
    when: 'the only keyboard is on a port of the card',
    change: ({ pci }) => {
      pci.devices.push(card('0000:01:00.2', { class: '0c0330', driver: 'xhci_hcd' }));
      Object.assign(pci.uses, {
        byDevice: new Map([
          ['0000:01:00.2', [{ kind: 'input', what: 'keyboard', name: 'Keyboard', port: '3-1' }]],
        ]),
      });
    },
    verdict: 'warning',
    todo: ' The host would lose the keyboard Keyboard (USB port 3-1): see to that first.',
  },
  {
    id: 'graphics.functions',
    when: 'nobody tells what the host uses of it',
    change: ({ pci }) => {
      Object.assign(pci.devices[2] ?? {}, { driver: 'snd_hda_intel' });
      pci.uses.unread['input'] = 'permission denied';
    },
    verdict: 'warning',
    todo: ' It could not be read what the host does with it (permission denied)',
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
  {
    id: 'iommu.on',
    when: 'it was not asked for',
    change: (facts) => {
      facts.pci.iommu.isOn = false;
      line('quiet')(facts);
      facts.boot.nextLine = [
        {
          file: '/etc/default/grub',
          variable: 'GRUB_CMDLINE_LINUX',
          isQuoted: true,
          parameters: kernelParameters('quiet'),
        },
      ];
    },
    verdict: 'problem',
    todo: String.raw`sudo sed -i -e "s/^GRUB_CMDLINE_LINUX=[\"']/&intel_iommu=on iommu=pt /" /etc/default/grub && sudo update-grub`,
  },
  {
    id: 'iommu.on',
    when: 'the file already says it',
    change: (facts) => {
      facts.pci.iommu.isOn = false;
      line('quiet')(facts);
      facts.boot.nextLine?.[0]?.parameters.push(...kernelParameters('iommu=pt'));
    },
    verdict: 'problem',
    todo: 'sudo update-grub Then',
  },
  {
    id: 'iommu.on',
    when: 'it was told to be off',
    change: (facts) => {
      facts.pci.iommu.isOn = false;
      line('iommu=off')(facts);
      facts.boot.lineTool = 'rpm-ostree';
    },
    verdict: 'problem',
    todo: 'sudo rpm-ostree kargs --delete-if-present=iommu=off',
  },
  {
    id: 'iommu.on',
    when: 'it is AMD and the firmware has it off',
    change: ({ cpu, pci }) => {
      cpu.vendor = 'AuthenticAMD';
      pci.iommu.isOn = false;
      pci.iommu.firmwareTables = [];
    },
    verdict: 'problem',
    todo: 'AMD CBS',
  },
  {
    id: 'iommu.on',
    when: 'nobody tells',
    change: ({ pci }) => {
      pci.iommu.isOn = null;
      pci.iommu.unread['isOn'] = 'permission denied';
    },
    verdict: 'unknown',
  },
  {
    id: 'iommu.interrupts',
    when: 'they are not remapped',
    change: ({ pci }) => {
      pci.iommu.interruptRemapping = false;
    },
    verdict: 'problem',
    todo: 'allow_unsafe_interrupts=1',
  },
  {
    id: 'iommu.interrupts',
    when: 'they are not remapped, and VFIO is loaded',
    change: ({ pci, kernel }) => {
      pci.iommu.interruptRemapping = false;
      kernel.modules['vfio_iommu_type1'] = 'loaded';
    },
    verdict: 'problem',
    todo: 'unsafe-interrupts.conf && echo 1 | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts',
  },
  {
    id: 'iommu.interrupts',
    when: 'they are not remapped, and VFIO is built in',
    change: ({ pci, kernel, boot }) => {
      pci.iommu.interruptRemapping = false;
      kernel.modules['vfio_iommu_type1'] = 'built-in';
      boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: '--args="vfio_iommu_type1.allow_unsafe_interrupts=1" Then start the machine anew. That is for',
  },
  {
    id: 'iommu.interrupts',
    when: 'VFIO was told to do without',
    change: ({ pci }) => {
      pci.iommu.interruptRemapping = false;
      pci.iommu.unsafeInterrupts = true;
    },
    verdict: 'warning',
  },
  {
    id: 'iommu.interrupts',
    when: 'the kernel is told not to remap them',
    change: ({ pci: { iommu }, boot }) => {
      iommu.interruptRemapping = false;
      iommu.parameters = ['intel_iommu=on', 'intremap=nosid,off'];
      boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: 'sudo grubby --update-kernel=ALL --remove-args="intremap=nosid,off"',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'it is allowed in vain',
    change: ({ pci }) => {
      pci.iommu.unsafeInterrupts = true;
    },
    verdict: 'warning',
    todo: 'echo 0 | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts ',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'a file allows it in vain',
    change: both(allowedByFile, ({ kernel }) => {
      kernel.modules['vfio_iommu_type1'] = 'loaded';
    }),
    verdict: 'warning',
    todo: 'allow_unsafe_interrupts Take it out of /etc/modprobe.d/v.conf too',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'a file allows it in vain to what is not loaded',
    change: allowedByFile,
    verdict: 'warning',
    todo: ' Take `allow_unsafe_interrupts` out of /etc/modprobe.d/v.conf.',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'the command line allows it in vain',
    change: both(line('vfio_iommu_type1.allow_unsafe_interrupts=1'), ({ pci, boot }) => {
      pci.iommu.unsafeInterrupts = true;
      boot.lineTool = 'grubby';
    }),
    verdict: 'warning',
    todo: '--remove-args="vfio_iommu_type1.allow_unsafe_interrupts=1"',
  },
  {
    id: 'iommu.igfx-off',
    when: 'the graphics of the processor are left out, and no domain asks for them',
    change: ({ pci }) => {
      pci.iommu.parameters = ['intel_iommu=on,igfx_off'];
    },
    verdict: 'ok',
    says: 'no domain asks for them',
  },
  {
    id: 'iommu.igfx-off',
    when: 'the graphics of the processor are left out, and a domain asks for them',
    change: both(withDomain({ pci: ['00:02.0'] }), ({ pci, boot }) => {
      pci.iommu.parameters = ['intel_iommu=on,igfx_off'];
      boot.lineTool = 'grubby';
    }),
    verdict: 'warning',
    todo: '--remove-args="intel_iommu=on,igfx_off" --args="intel_iommu=on"',
  },
  {
    id: 'iommu.groups',
    when: 'a card is in none',
    change: ({ pci }) => {
      const device = pci.devices[1];
      if (device !== undefined) device.iommuGroup = null;
    },
    verdict: 'warning',
  },
  {
    id: 'iommu.unsafe-groups',
    when: 'VFIO has made none',
    change: () => {},
    verdict: 'none',
  },
  {
    id: 'iommu.unsafe-groups',
    when: 'VFIO has made one, and the IOMMU is on',
    change: unsafeGroup,
    verdict: 'warning',
    says: 'It is in group 3, which VFIO has made of it alone, with no IOMMU behind it',
    todo: ' The IOMMU is on, and another slot may be behind it. Then take `enable_unsafe_noiommu_mode`',
  },
  {
    id: 'iommu.unsafe-groups',
    when: 'VFIO has made one, and the IOMMU is off',
    change: both(unsafeGroup, line('quiet'), ({ pci, boot }) => {
      pci.iommu.isOn = false;
      boot.lineTool = 'grubby';
    }),
    verdict: 'warning',
    todo: 'sudo grubby --update-kernel=ALL --args="intel_iommu=on iommu=pt" Then start the machine anew. Then take',
  },
  {
    id: 'iommu.shared-groups',
    when: 'a disk is in the group of a card',
    change: ({ pci }) => {
      pci.devices.push(card('0000:05:00.0', { class: '010802', driver: 'nvme', iommuGroup: 10 }));
    },
    verdict: 'warning',
    says: '0000:05:00.0 (NVMe disk)',
  },
  {
    id: 'iommu.shared-groups',
    when: 'a disk is in the group of a card that shows the host',
    change: ({ pci, libvirt }) => {
      libvirt.domains = [];
      pci.devices.push(card('0000:05:00.0', { class: '010802', driver: 'nvme', iommuGroup: 10 }));
      const display = { kind: 'display', connector: 'card1-DP-1' } as const;
      pci.uses.byDevice = new Map([['0000:01:00.0', [display]]]);
    },
    verdict: 'ok',
  },
  {
    id: 'graphics.cards',
    when: 'there is one',
    change: ({ pci }) => {
      pci.devices = pci.devices.slice(1);
    },
    verdict: 'warning',
  },
  {
    id: 'graphics.cards',
    when: 'PCI cannot be read',
    change: ({ pci }) => {
      pci.devices = [];
      pci.unread['devices'] = 'input/output error';
    },
    verdict: 'unknown',
  },
  {
    id: 'iommu.groups',
    when: 'the group of a card cannot be read',
    change: unreadOfCard('iommuGroup'),
    verdict: 'unknown',
  },
  {
    id: 'iommu.shared-groups',
    when: 'the group of a card cannot be read',
    change: unreadOfCard('iommuGroup'),
    verdict: 'unknown',
  },
  {
    id: 'graphics.cards',
    when: 'there is no PCI',
    change: having('pci', { devices: [] }),
    verdict: 'none',
  },
  {
    id: 'graphics.cards',
    when: 'class of a card cannot be read',
    change: unreadOfCard('class'),
    verdict: 'unknown',
    says: 'input/output error',
  },
  {
    id: 'graphics.alike',
    when: 'device of a card cannot be read',
    change: unreadOfCard('device'),
    verdict: 'unknown',
    says: 'device of 0000:01:00.0 (input/output error)',
  },
  {
    id: 'graphics.reset',
    when: 'resetMethods of a card cannot be read',
    change: unreadOfCard('resetMethods'),
    verdict: 'unknown',
    says: 'resetMethods of 0000:01:00.0 (input/output error)',
  },
  {
    id: 'graphics.reset',
    when: 'a USB controller shares its bus with what stays',
    change: ({ pci }) => {
      pci.devices.push(
        card('0000:05:00.3', { class: '0c0330', iommuGroup: 20, canReset: false }),
        card('0000:05:00.4', { class: '040300', iommuGroup: 21 }),
      );
    },
    verdict: 'ok',
    says: 'No reset have 0000:05:00.3',
  },
  {
    id: 'graphics.sound',
    when: 'msiAllowed of a card cannot be read',
    change: unreadOfCard('msiAllowed'),
    verdict: 'unknown',
    says: 'msiAllowed of 0000:01:00.0 (input/output error)',
  },
  {
    id: 'graphics.functions',
    when: 'driver of a card cannot be read',
    change: unreadOfCard('driver'),
    verdict: 'unknown',
    says: 'driver of 0000:01:00.0 (input/output error)',
  },
  {
    id: 'graphics.browsers',
    when: 'a guest has one of two cards',
    change: () => {},
    verdict: 'ok',
    says: '--gpu-testing-vendor-id=0x8086',
  },
  {
    id: 'graphics.browsers',
    when: 'the host has both',
    change: ({ pci }) => {
      const guest = pci.devices[1];
      if (guest !== undefined) guest.driver = 'nouveau';
    },
    verdict: 'none',
  },
  {
    id: 'graphics.large-bars',
    when: 'bars of a card cannot be read',
    change: unreadOfCard('bars'),
    verdict: 'unknown',
    says: 'bars of 0000:01:00.0 (input/output error)',
  },
  {
    id: 'graphics.alike',
    when: 'two are named by the same ids',
    change: (facts) => {
      facts.pci.devices.push(card('0000:02:00.0', { bootVga: true }));
      line('vfio-pci.ids=10de:2684')(facts);
    },
    verdict: 'problem',
    todo: 'sudo driverctl set-override 0000:01:00.0 vfio-pci',
  },
  {
    id: 'graphics.alike',
    when: 'two are named by the same ids, without driverctl',
    change: both(line('vfio-pci.ids=10de:2684'), ({ pci }) => {
      pci.devices.push(card('0000:02:00.0', { bootVga: true }));
      pci.takers = ['virsh'];
    }),
    verdict: 'problem',
    todo: 'sudo virsh --connect qemu:///system nodedev-detach pci_0000_01_00_0',
  },
  {
    id: 'graphics.functions',
    when: 'the sound stays with the host',
    change: ({ pci }) => {
      const sound = pci.devices[2];
      if (sound !== undefined) sound.driver = 'snd_hda_intel';
    },
    verdict: 'warning',
    todo: 'set-override 0000:01:00.1',
  },
  {
    id: 'graphics.sound',
    when: 'it may not use MSI',
    change: ({ pci }) => {
      const sound = pci.devices[2];
      if (sound !== undefined) sound.msiAllowed = false;
    },
    verdict: 'warning',
    todo: '/sys/bus/pci/devices/0000:01:00.1/msi_bus',
  },
  {
    id: 'graphics.xorg',
    when: 'it names the card of the guest',
    change: having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:01:00.0' }] }),
    verdict: 'problem',
    says: 'vfio-pci has',
  },
  {
    id: 'graphics.xorg',
    when: "it names the host's",
    change: having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:00:02.0' }] }),
    verdict: 'ok',
  },
  {
    id: 'graphics.large-bars',
    when: 'a range is 32 GiB',
    change: ({ pci }) => {
      const device = pci.devices[1];
      if (device === undefined) return;
      device.bars = [
        {
          number: 1,
          kind: 'memory',
          size: 32 * 1024 ** 3,
          prefetchable: true,
          is64Bit: true,
          resizableTo: null,
        },
      ];
    },
    verdict: 'warning',
  },
];

testRows(rows);

test('each parameter that matters is told with its meaning', () => {
  const results = found('kernel.parameter', line('quiet intel_iommu=on iommu=pt isolcpus=1-3'));
  expect(results.map(({ about, explanation }) => [about, explanation])).toEqual([
    ['intel_iommu=on', "Intel's IOMMU is on."],
    ['iommu=pt', "The host's own devices pass the IOMMU by, which costs them nothing."],
    ['isolcpus=1-3', 'The scheduler leaves these processors alone.'],
  ]);
});

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
