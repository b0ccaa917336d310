import type { Machine, PciCard } from './machine.ts';
import { cardSound, desk, hostBridge, nvme, port, usb3, vendors } from './parts.ts';

const pch = (name: string) => `Tiger Lake-H ${name}`;
const card: PciCard = {
  at: '01:00.0',
  is: '0300 10de:2482 a1',
  name: 'GA104 [GeForce RTX 3070 Ti]',
  group: 1,
  under: '00:01.0',
  driver: 'nvidia',
  modules: ['nouveau', 'nvidia'],
  boot: true,
  rom: true,
  reset: 'bus',
  bars: ['16M', '256M pref 64', '', '32M pref 64', '', 'io 128'],
};

/**
 * A processor without graphics, and one card, on a Fedora whose system is changed as a whole. The listing
 * breaks off behind the chipset's MEI: from there on it is that of another board with the same chipset.
 */
export const fedoraOstree: Machine = {
  title: 'Fedora Kinoite with one card',
  kernel: '6.2.10-201.fsync.fc37.x86_64',
  commandLine:
    'BOOT_IMAGE=(hd3,gpt2)/ostree/fedora-1/vmlinuz-6.2.10-201.fsync.fc37.x86_64 rhgb quite root=UUID=0 rootflags=subvol=root rw ostree=/ostree/boot.1/fedora/1/0 intel_iommu=on iommu=pt rd.driver.blacklist=nouveau modprobe.blacklist=nouveau',
  cpu: {
    vendor: 'GenuineIntel',
    name: 'Intel(R) Core(TM) i5-10400F CPU @ 2.90GHz',
    cores: 6,
    threadsPerCore: 2,
    flags: 'fpu vme msr pae cx8 apic sep vmx est tm2 ssse3 x2apic avx2',
  },
  memoryMib: 15897,
  iommu: { kind: 'intel', interruptsRemapped: true, type: 'identity' },
  acpiTables: ['DMAR'],
  distribution:
    'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=37\nVARIANT_ID=kinoite\nPRETTY_NAME="Fedora Linux 37 (Kinoite)"',
  vendors: { ...vendors, '2646': 'Kingston Technology Company, Inc.' },
  pci: [
    hostBridge('00:00.0', '8086:9b33', 'Comet Lake-S 6c Host Bridge/DRAM Controller', 0),
    port('00:01.0', '8086:1901', '6th-10th Gen Core Processor PCIe Controller (x16)', 1),
    card,
    cardSound(card, '0403 10de:228b a1', 'GA104 High Definition Audio Controller'),
    {
      at: '00:14.0',
      is: '0c0330 8086:43ed 11',
      name: pch('USB 3.2 Gen 2x1 xHCI Host Controller'),
      group: 2,
      driver: 'xhci_hcd',
      modules: ['xhci_pci'],
      reset: 'pm',
      buses: usb3(1),
    },
    { at: '00:14.2', is: '0500 8086:43ef 11', name: pch('Shared SRAM'), group: 2 },
    ...['43e8', '43e9'].map((id, number) => ({
      at: `00:15.${number}`,
      is: `0c80 8086:${id} 11`,
      name: pch(`Serial IO I2C Controller #${number}`),
      group: 3,
      driver: 'intel-lpss',
      modules: ['intel_lpss_pci'],
    })),
    {
      at: '00:16.0',
      is: '0780 8086:43e0 11',
      name: pch('Management Engine Interface'),
      group: 4,
      driver: 'mei_me',
      modules: ['mei_me'],
    },
    {
      at: '00:17.0',
      is: '010601 8086:43d2 11',
      name: '',
      group: 5,
      driver: 'ahci',
      modules: ['ahci'],
      reset: 'pm',
    },
    port('00:1b.0', '8086:43c4', '', 6),
    port('00:1c.0', '8086:43bc', pch('PCI Express Root Port #5'), 7),
    port('00:1d.0', '8086:43b0', pch('PCI Express Root Port #9'), 8),
    { at: '00:1f.0', is: '0601 8086:4387 11', name: 'B560 LPC/eSPI Controller', group: 9 },
    {
      at: '00:1f.3',
      is: '0403 8086:43c8 11',
      name: pch('HD Audio Controller'),
      group: 9,
      driver: 'snd_hda_intel',
      modules: ['snd_hda_intel'],
      sound: 'PCH',
    },
    {
      at: '00:1f.4',
      is: '0c05 8086:43a3 11',
      name: pch('SMBus Controller'),
      group: 9,
      driver: 'i801_smbus',
      modules: ['i2c_i801'],
    },
    { at: '00:1f.5', is: '0c80 8086:43a4 11', name: pch('SPI Controller'), group: 9 },
    nvme('04:00.0', '2646:5025', '', 10, '00:1d.0'),
    {
      at: '06:00.0',
      is: '0200 10ec:8168 15',
      name: 'RTL8111/8168/8211/8411 PCI Express Gigabit Ethernet Controller',
      group: 11,
      under: '00:1c.0',
      driver: 'r8169',
      modules: ['r8169'],
    },
  ],
  ...desk('1-5', '1-6'),
  disks: [{ name: 'nvme0n1p3', on: '04:00.0', number: '259:3', mounted: ['/', '/var'] }],
  network: [{ name: 'enp6s0', on: '06:00.0', route: 'default' }],
  files: { '/run/ostree-booted': '', '/usr/bin/rpm-ostree': '' },
};
