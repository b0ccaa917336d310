import { describe, expect, test } from 'vitest';
import { knownLines } from '../../src/doctor/log-lines.ts';
import { kernelParameters } from '../../src/system/kernel-parameters.ts';
import { card, found } from './healthy.ts';
import { both, having, line, type Row, testRows } from './rows.ts';

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
    todo: "sudo sed -i 's/ *vfio_virqfd//' /etc/mkinitcpio.conf",
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
    todo: 'mokutil --import',
  },
  {
    id: 'boot.container',
    when: 'it is one',
    change: having('boot', { container: 'podman' }),
    verdict: 'warning',
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
    when: 'vfio-pci.id is there',
    change: (facts) => {
      line('vfio-pci.id=10de:2684')(facts);
      facts.boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: 'sudo grubby --update-kernel=ALL --remove-args="vfio-pci.id=10de:2684" --args="vfio-pci.ids=10de:2684"',
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
    id: 'kernel.acs-override',
    when: 'it is on',
    change: line('pcie_acs_override=downstream,multifunction'),
    verdict: 'warning',
    says: 'smaller IOMMU groups',
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
    id: 'kernel.parameters-lost',
    when: 'they stand in no file',
    change: line('quiet intel_iommu=on iommu=pt amd_iommu=on'),
    verdict: 'warning',
    says: 'was given `iommu=pt`, and',
    todo: '&iommu=pt /',
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
    },
    verdict: 'problem',
    says: 'nouveau has it',
    todo: '/etc/initramfs-tools/modules',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'another driver was first, and the system is an image',
    change: both(having('boot', { lineTool: 'rpm-ostree' }), ({ kernel, pci }) => {
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
    when: 'VFIO was told to do without',
    change: ({ pci }) => {
      pci.iommu.interruptRemapping = false;
      pci.iommu.unsafeInterrupts = true;
    },
    verdict: 'warning',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'it is allowed in vain',
    change: ({ pci }) => {
      pci.iommu.unsafeInterrupts = true;
    },
    verdict: 'warning',
  },
  {
    id: 'iommu.igfx-off',
    when: 'the graphics of the processor are left out',
    change: ({ pci, boot }) => {
      pci.iommu.parameters = ['intel_iommu=on,igfx_off'];
      boot.lineTool = 'grubby';
    },
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
    id: 'graphics.cards',
    when: 'there is no PCI',
    change: having('pci', { devices: [] }),
    verdict: 'none',
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
      pci.hasDriverctl = false;
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

/** A line of each kind, as the kernel, QEMU and libvirt write them. */
const lines: Record<string, string> = {
  'bar-reserved':
    "vfio-pci 0000:01:00.0: BAR 3: can't reserve [mem 0xf0000000-0xf1ffffff 64bit pref]",
  'out-of-memory':
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=emulator,task=qemu-system-x86,pid=3563,uid=64055',
  'group-not-viable': 'qemu-system-x86_64: vfio 0000:01:00.0: group 1 is not viable',
  'input-busy': 'libinput error: event4 - ioctl(EVIOCGRAB) failed: Device or resource busy',
  kvmfr: 'kvmfr: disagrees about version of symbol module_layout',
  'unsigned-module':
    'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
  apparmor:
    'audit: type=1400 apparmor="DENIED" operation="open" profile="libvirt-6e1f1c1e" name="/dev/kvmfr0" pid=1 comm="qemu-system-x86"',
  selinux:
    'avc:  denied  { read write } for  pid=1 comm="qemu-kvm" path="/dev/shm/looking-glass" dev="tmpfs" scontext=system_u:system_r:svirt_t:s0',
  permission:
    "qemu-system-x86_64: -object input-linux,id=kbd: Could not open '/dev/input/event4': Permission denied",
  'locked-memory': 'vfio_pin_pages_remote: RLIMIT_MEMLOCK (67108864) exceeded',
  'rom-signature':
    'vfio-pci 0000:01:00.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0xffff',
  'reset-failed': 'vfio-pci 0000:0a:00.0: not ready 65535ms after FLR; giving up',
  'iommu-faults':
    'DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x0 [fault reason 0x06]',
  'iommu-failed': 'AMD-Vi: Completion-Wait loop timed out',
  'virtualization-off':
    'kvm_amd: SVM not supported by CPU 0, SVM disabled (by BIOS) in MSR_VM_CR on CPU 0',
  'unknown-parameters':
    'Unknown kernel command line parameters "BOOT_IMAGE=/vmlinuz vfio_foo=1", will be passed to user space.',
  'shm-size': "backing store size 0x2000000 does not match 'size' option 0x4000000",
  'usb-ports': 'internal error: No free USB ports',
  'clock-unstable':
    "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:",
  'split-lock':
    'x86/split lock detection: #AC: CPU 2/KVM/4711 took a split_lock trap at address: 0x1',
  'link-errors':
    'pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrectable (Non-Fatal), type=Transaction Layer',
  'unknown-registers': 'kvm [1234]: vcpu0, guest rIP: 0xfffff80 unhandled rdmsr: 0x60d',
  'vfio-late': 'vfio-pci 0000:01:00.0: probe with driver vfio-pci failed with error -16',
};

describe('a line of the log', () => {
  test.each(knownLines.map(({ id }) => id))('that tells of %s is found, and no other', (id) => {
    const text = lines[id];
    if (text === undefined) throw new Error(`no line for ${id}`);
    const amiss = knownLines.flatMap((known) => {
      const [result] = found(`log.${known.id}`, ({ log }) => {
        log.lines = [{ text, time: null }];
      });
      return result === undefined || result.verdict === 'ok' ? [] : [known.id, result.explanation];
    });
    expect(amiss).toEqual([id, expect.stringContaining(text.slice(0, 60))]);
  });

  test.each([
    'Unknown kernel command line parameters "BOOT_IMAGE=/vmlinuz splash", will be passed to user space.',
    'Out of memory: Killed process 9 (firefox) total-vm:1kB',
    'vfio-pci 0000:01:00.0: vgaarb: changed VGA decodes',
    'audit: type=1400 apparmor="DENIED" operation="open" profile="snap.firefox" name="/dev/input/event1"',
    'DMAR: IOMMU enabled',
    'kvmfr: loading out-of-tree module taints kernel.',
  ])('that is no trouble is none: %s', (text) => {
    const report = knownLines.flatMap(({ id }) =>
      found(`log.${id}`, ({ log }) => {
        log.lines = [{ text, time: null }];
      }),
    );
    expect(report.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  test('that is not there is no good sign in a log whose beginning is gone, or that is closed', () => {
    const [part] = found('log.bar-reserved', ({ log }) => {
      log.isWhole = false;
    });
    const [closed] = found('log.bar-reserved', ({ log }) => {
      log.lines = null;
      log.unread['lines'] = 'permission denied';
    });
    expect([part?.verdict, closed?.verdict]).toEqual(['unknown', 'unknown']);
  });

  test('is told by the last of its kind, and how many there are', () => {
    const [result] = found('log.group-not-viable', ({ log }) => {
      log.lines = [1, 2, 3].map((number) => ({
        text: `group ${number} is not viable`,
        time: null,
      }));
    });
    expect(result?.explanation).toMatch(/The last of 3 lines: "group 3 is not viable"$/);
  });

  test('names the file that AppArmor is to open', () => {
    const [result] = found('log.apparmor', ({ log }) => {
      log.lines = [{ text: lines['apparmor'] ?? '', time: null }];
    });
    expect(result?.remedy).toBe(
      "echo '/dev/kvmfr0 rw,' | sudo tee --append /etc/apparmor.d/local/abstractions/libvirt-qemu",
    );
  });

  test('opens a file that is read to be read alone', () => {
    const [result] = found('log.apparmor', ({ log }) => {
      const text = lines['apparmor']?.replace('/dev/kvmfr0"', '/a/gpu.rom" denied_mask="r"') ?? '';
      log.lines = [{ text, time: null }];
    });
    expect(result?.remedy).toContain("echo '/a/gpu.rom r,' |");
  });

  test('asks nobody to read a ROM that the card of a laptop does not have', () => {
    const [result] = found('log.rom-signature', ({ log, pci }) => {
      Object.assign(pci.devices[1] ?? {}, { class: '030200' });
      log.lines = [{ text: lines['rom-signature'] ?? '', time: null }];
    });
    expect(result?.remedy).toBeNull();
    expect(result?.advice).toContain("firmware's update");
  });

  test('names the bridge above a card whose memory is held', () => {
    const [result] = found('log.bar-reserved', ({ log }) => {
      log.lines = [{ text: lines['bar-reserved'] ?? '', time: null }];
    });
    expect(result?.advice).toContain(
      'echo 1 | sudo tee /sys/bus/pci/devices/0000:00:01.0/remove /sys/bus/pci/rescan',
    );
  });
});
