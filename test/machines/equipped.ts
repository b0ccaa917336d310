/**
 * What the machines run, by the names of their golden screens. Their distributions are those of the
 * listings; guests, rights and mistakes are made up, so that each screen shows other ones.
 */
import { domainXml } from './domain.ts';
import type { Software } from './software.ts';

const grubOfDebian = (line: string) => ({
  '/etc/default/grub': `GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="${line}"\nGRUB_CMDLINE_LINUX=""\n`,
  '/boot/grub/grub.cfg': '',
  '/usr/sbin/update-grub': '',
  '/etc/initramfs-tools/modules': '# List of modules\n',
});
const grubby = {
  '/etc/default/grub': 'GRUB_CMDLINE_LINUX="rhgb quiet"\n',
  '/usr/sbin/grubby': '',
  '/usr/lib/dracut/dracut-functions.sh': '',
};
const arch = {
  '/etc/mkinitcpio.conf': 'MODULES=()\nHOOKS=(base udev modconf block)\n',
};

const shm = (mib: number) => `<shmem name='looking-glass'>
      <model type='ivshmem-plain'/>
      <size unit='M'>${mib}</size>
    </shmem>`;
const input = `<input type='evdev'>
      <source dev='/dev/input/by-handglass/win10-keyboard' grab='all' grabToggle='scrolllock' repeat='on'/>
    </input>
    <input type='evdev'>
      <source dev='/dev/input/by-handglass/win10-pointer'/>
    </input>`;

const desk = `[[looking-glass]]
domain = "win10"
resolution = "2560x1440"
owner = "alice"
mode = "0644"

[[seat]]
name = "desk"
domains = ["win10"]
input = [{ name = "Logitech USB Keyboard" }]
usb = [{ vendor = "046d", product = "c077" }]
`;

export const equipped: Record<string, Software> = {
  'sandy-bridge-laptop': {
    as: 'root',
    firmware: 'bios',
    qemu: '5.1.0',
    libvirt: '',
    governor: 'powersave',
    log: [
      "vfio-pci 0000:01:00.0: BAR 3: can't reserve [mem 0xf0000000-0xf1ffffff 64bit pref]",
      'kvm [1234]: vcpu0, guest rIP: 0xfffff80 unhandled rdmsr: 0x60d',
    ],
    files: {
      ...arch,
      '/boot/loader/loader.conf': 'default arch\n',
      '/etc/X11/xorg.conf.d/10-intel.conf': 'Section "Device"\n  BusID "PCI:0:2:0"\nEndSection\n',
    },
  },
  'ivy-bridge-desktop': {
    as: 'root',
    firmware: 'efi',
    builtIn: ['kvm', 'kvm_intel', 'vfio', 'vfio_pci', 'vfio_iommu_type1', 'tun', 'vhost_net'],
    absent: ['virtio_scsi', 'virtio_balloon', 'vendor_reset', 'kvmfr'],
    qemu: '2.5.0',
    libvirt: '',
    hasService: true,
    configuration: `[[seat]]
name = "desk"
domains = ["win10"]

[[qemu]]
name = "win10"
socket = "/run/qemu/win10.qmp"
`,
    files: {
      '/etc/default/grub': "GRUB_CMDLINE_LINUX='intel_iommu=on iommu=pt'\n",
      '/etc/defaults/grub': 'GRUB_CMDLINE_LINUX="intel_iommu=on"\n',
      '/usr/sbin/grub-mkconfig': '',
      '/boot/grub/grub.cfg': '',
      '/etc/dracut.conf': '',
      '/etc/modprobe.d/vfio.conf': 'options vfio-pci ids=10de:1380,10de:0fbc\n',
    },
  },
  'gtx-970': {
    as: 'root',
    firmware: 'efi',
    qemu: '6.2.0',
    libvirt: '7.10.0',
    hasService: true,
    configuration: desk,
    domains: {
      win10: domainXml({
        name: 'win10',
        memoryMib: 8192,
        vcpus: 6,
        pci: ['06:00.0', '06:00.1'],
        pins: [1, 5, 2, 6, 3, 7],
        topology: "<topology sockets='1' dies='1' cores='3' threads='2'/>",
        devices: `${shm(64)}\n    ${input}`,
      }),
    },
    files: {
      ...arch,
      '/boot/grub/grub.cfg': '',
      '/usr/bin/grub-mkconfig': '',
      '/etc/default/grub':
        'GRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on iommu=pt vfio-pci.ids=10de:13c2,10de:0fbb"\n',
      '/etc/mkinitcpio.conf': 'MODULES=(vfio_pci vfio vfio_iommu_type1)\n',
      '/dev/shm/looking-glass': '',
      '/usr/bin/looking-glass-client': '',
    },
    sizes: { '/dev/shm/looking-glass': 64 * 1024 ** 2 },
  },
  'iris-xe-rocky-9': {
    as: 'root',
    firmware: 'efi',
    qemuUser: 'qemu',
    qemu: '8.2.0',
    libvirt: '10.0.0',
    log: [
      'Unknown kernel command line parameters "iommu_pt BOOT_IMAGE=(hd0,gpt2)/vmlinuz", will be passed to user space.',
      'Out of memory: Killed process 3563 (qemu-kvm) total-vm:34551624kB, anon-rss:31759628kB, file-rss:0kB, shmem-rss:0kB, UID:107 pgtables:62552kB oom_score_adj:0',
    ],
    domains: {
      master0: domainXml({ name: 'master0', memoryMib: 32_000, vcpus: 8, pci: ['00:02.0'] }),
    },
    files: { ...grubby, '/sys/fs/selinux/enforce': '1' },
  },
  'rhel-server-82576': {
    as: 'root',
    firmware: 'bios',
    governor: 'performance',
    frequencyDriver: 'acpi-cpufreq',
    qemuUser: 'qemu',
    qemu: '1.5.3',
    libvirt: '4.5.0',
    files: {
      ...grubby,
      '/etc/libvirt/qemu.conf':
        'user = "qemu"\nnvram = [\n  "/usr/share/OVMF/a:/usr/share/OVMF/b"\n]\n',
      '/sys/kernel/mm/ksm/run': '1\n',
    },
  },
  x570: {
    as: 'alice',
    groups: ['wheel'],
    firmware: 'efi',
    frequencyDriver: 'amd-pstate-epp',
    governor: 'powersave',
    qemuUser: 'qemu',
    qemu: '8.1.3',
    libvirt: '9.7.0',
    files: { ...grubby, '/sys/fs/selinux/enforce': '1' },
  },
  b550: {
    as: 'root',
    firmware: 'efi',
    builtIn: [
      'vfio',
      'vfio_pci',
      'vfio_iommu_type1',
      'tun',
      'virtio_pci',
      'virtio_net',
      'virtio_blk',
    ],
    qemu: '4.2.1',
    libvirt: '6.0.0',
    log: [
      'AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0000 address=0x0 flags=0x0000]',
      'internal error: qemu unexpectedly closed the monitor: vfio 0000:02:00.0: group 15 is not viable',
      'internal error: qemu unexpectedly closed the monitor: vfio 0000:02:00.0: group 15 is not viable',
    ],
    domains: {
      games: domainXml({
        name: 'games',
        memoryMib: 16_384,
        vcpus: 6,
        pci: ['0a:00.0', '0a:00.1', '02:00.0'],
        topology: "<topology sockets='1' cores='3' threads='2'/>",
        pins: [3, 4, 5, 9, 10, 12],
      }),
    },
    files: {
      ...grubOfDebian('modprobe.blacklist=amdgpu quiet splash amd_iommu=on iommu=pt'),
      '/etc/modprobe.d/vfio.conf': 'options vfio-pci ids=1002:731f,1002:ab38,14e4:43a0\n',
      '/sys/module/apparmor/parameters/enabled': 'Y\n',
    },
  },
  threadripper: {
    as: 'alice',
    groups: ['handglass', 'libvirt', 'kvm', 'input'],
    firmware: 'efi',
    qemu: '7.2.9',
    libvirt: '9.0.0',
    hasService: true,
    configuration: desk.replace('"0644"', '"0660"'),
    domains: {
      win10: domainXml({
        name: 'win10',
        memoryMib: 16_384,
        vcpus: 8,
        pci: ['08:00.0'],
        pins: [4, 5, 6, 7, 8, 9, 10, 11],
        devices: `${shm(96)}\n    <disk type='block' device='disk'><source dev='/dev/nvme0n1p2'/><target dev='sda' bus='virtio'/></disk>`,
      }),
      linux: domainXml({
        name: 'linux',
        memoryMib: 4096,
        vcpus: 4,
        isManaged: false,
        pci: ['43:00.0', '44:00.0'],
        rom: '/usr/share/vgabios/gpu.rom',
        backing: '<memoryBacking><hugepages/></memoryBacking>',
        topology: "<topology sockets='4' cores='1' threads='1'/>",
      }),
    },
    files: { ...grubOfDebian('quiet'), '/dev/nvme0n1p2': '' },
  },
  'alder-lake': {
    as: 'root',
    firmware: 'efi',
    frequencyDriver: 'intel_pstate',
    governor: 'powersave',
    qemu: '7.0.0',
    libvirt: '8.6.0',
    log: [
      'x86/split lock detection: #AC: CPU 5/KVM/2311 took a split_lock trap at address: 0x7ef1d050',
    ],
    domains: {
      win11: domainXml({
        name: 'win11',
        memoryMib: 32_768,
        vcpus: 12,
        pci: ['01:00.0', '01:00.1'],
        topology: "<topology sockets='1' cores='6' threads='2'/>",
        pins: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
      }),
      build: domainXml({
        name: 'build',
        memoryMib: 8192,
        vcpus: 4,
        pins: [16, 17, 18, 19],
      }),
    },
    files: {
      ...arch,
      '/boot/loader/loader.conf': 'default arch\n',
      '/etc/mkinitcpio.conf':
        'MODULES=(vfio_pci vfio vfio_iommu_type1 vfio_virqfd)\nHOOKS=(base udev modconf block)\n',
      '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '16384\n',
      '/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages': '16384\n',
    },
  },
  'muxless-laptop': {
    as: 'root',
    firmware: 'efi',
    frequencyDriver: 'intel_pstate',
    governor: 'powersave',
    absent: ['vendor_reset', 'kvmfr'],
    qemuUser: 'qemu',
    qemu: '3.1.0',
    libvirt: '4.9.0',
    log: [
      'vfio-pci 0000:01:00.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0xffff',
      'internal error: qemu unexpectedly closed the monitor: vfio 0000:01:00.0: failed to open /dev/vfio/1: Permission denied',
    ],
    domains: {
      win10: domainXml({
        name: 'win10',
        memoryMib: 8192,
        vcpus: 6,
        pci: ['01:00.0'],
        topology: "<topology sockets='1' cores='3' threads='2'/>",
        pins: [3, 9, 4, 10, 5, 11],
      }),
    },
    files: {
      '/etc/default/grub': 'GRUB_CMDLINE_LINUX="intel_iommu=on"\n',
      '/boot/grub/grub.cfg': '',
      '/usr/sbin/grub-mkconfig': '',
      '/etc/dracut.conf': '',
      '/etc/modprobe.d/vfio.conf': 'options vfio-pci ids=10de:1c8c\n',
    },
  },
  'fedora-ostree': {
    as: 'alice',
    groups: ['wheel'],
    firmware: 'efi',
    frequencyDriver: 'intel_pstate',
    governor: 'powersave',
    builtIn: ['vfio', 'vfio_iommu_type1', 'virtio_pci'],
    absent: ['kvmfr', 'vendor_reset'],
    qemu: '',
    libvirt: '',
    files: {
      ...grubby,
      '/etc/default/grub': 'GRUB_CMDLINE_LINUX="rhgb quiet vfio-pci.ids=10de:2482,10de:228b"\n',
      '/boot/grub2/grub.cfg': '',
      '/sys/fs/selinux/enforce': '1',
      '/etc/modprobe.d/vfio.conf': 'options vfio-pci ids=10de:2482,10de:228b\n',
    },
  },
  'ubuntu-x570': {
    as: 'root',
    firmware: 'efi',
    governor: 'ondemand',
    builtIn: ['vfio', 'vfio_pci', 'vfio_iommu_type1', 'tun'],
    absent: ['kvmfr', 'vendor_reset'],
    qemu: '4.2.1',
    libvirt: '6.0.0',
    log: [
      'audit: type=1400 audit(1600692400.123:88): apparmor="DENIED" operation="open" profile="libvirt-8f1b2c3d-0000-4000-8000-000000000000" name="/home/alice/rx570.rom" pid=4242 comm="qemu-system-x86" requested_mask="r" denied_mask="r" fsuid=64055 ouid=1000',
      "vfio-pci 0000:2d:00.0: BAR 0: can't reserve [mem 0xe0000000-0xefffffff 64bit pref]",
      'vfio-pci 0000:2d:00.0: not ready 65535ms after bus reset; giving up',
    ],
    domains: {
      macos: domainXml({
        name: 'macos',
        memoryMib: 16_384,
        vcpus: 8,
        pci: ['2d:00.0', '2d:00.1', '2a:00.3'],
        topology: "<topology sockets='1' cores='8' threads='1'/>",
      }),
    },
    files: {
      ...grubOfDebian('quiet splash'),
      '/etc/X11/xorg.conf':
        'Section "Device"\n    Identifier     "Device0"\n    Driver         "nvidia"\n    BusID          "PCI:36:0:0"\nEndSection\n',
      '/etc/netplan/01-network-manager-all.yaml': 'network:\n  version: 2\n',
      '/sys/module/apparmor/parameters/enabled': 'Y\n',
    },
  },
  vega: {
    as: 'root',
    firmware: 'efi',
    qemu: '7.2.7',
    libvirt: '9.0.0',
    log: [
      'vfio-pci 0000:08:00.0: AMD_VEGA10: version 1.1',
      'vfio-pci 0000:08:00.0: AMD_VEGA10: performing pre-reset',
    ],
    domains: {
      win10: domainXml({
        name: 'win10',
        memoryMib: 16_384,
        vcpus: 12,
        pci: ['08:00.0', '08:00.1', '0a:00.3'],
        pins: [6, 18, 7, 19, 8, 20, 9, 21, 10, 22, 11, 23],
        topology: "<topology sockets='1' cores='6' threads='2'/>",
        cpu: "<feature policy='require' name='topoext'/>",
      }),
    },
    files: {
      ...grubOfDebian('quiet iommu=pt vfio-pci.ids=1002:687f,1002:aaf8'),
      '/sys/module/vendor_reset/initstate': 'live\n',
      '/etc/initramfs-tools/modules': 'vfio_pci\nvfio\nvfio_iommu_type1\n',
      '/sys/module/apparmor/parameters/enabled': 'Y\n',
    },
  },
  nixos: {
    as: 'root',
    firmware: 'efi',
    qemu: '9.2.4',
    libvirt: '11.3.0',
    qemuUser: 'qemu-libvirtd',
    configuration: desk.replace(
      'resolution = "2560x1440"',
      'resolution = "2560x1440"\npath = "/dev/kvmfr0"',
    ),
    log: ['kvm [1234]: vcpu0, guest rIP: 0xfffff80 unhandled rdmsr: 0x60d'],
    domains: {
      win10: domainXml({
        name: 'win10',
        memoryMib: 8192,
        vcpus: 6,
        pci: ['06:00.0', '06:00.1'],
        pins: [1, 5, 2, 6, 3, 7],
        topology: "<topology sockets='1' cores='3' threads='2'/>",
      }),
    },
    files: {
      '/boot/loader/loader.conf': 'default nixos-generation-7.conf\n',
      '/etc/modprobe.d/nixos.conf': 'options vfio-pci ids=10de:13c2,10de:0fbb\n',
      '/sys/kernel/mm/ksm/run': '1\n',
    },
  },
  microos: {
    as: 'root',
    firmware: 'efi',
    absent: ['kvmfr', 'vendor_reset'],
    qemu: '',
    libvirt: '',
    files: {
      '/boot/grub2/grub.cfg': '',
      '/usr/sbin/grub2-mkconfig': '',
      '/etc/default/grub':
        'GRUB_CMDLINE_LINUX_DEFAULT="rd.timeout=60 security=selinux"\nGRUB_CMDLINE_LINUX=""\n',
      '/usr/lib/dracut/dracut-functions.sh': '',
      '/etc/modprobe.d/vfio.conf': 'options vfio-pci ids=10de:1380,10de:0fbc\n',
      '/sys/fs/selinux/enforce': '1',
    },
  },
};
