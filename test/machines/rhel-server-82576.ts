import type { Machine } from './machine.ts';
import { port, usb2, vendors, driverctl } from './parts.ts';

const ich = (name: string) => `82801JI (ICH10 Family) ${name}`;
const uhci = (at: string, id: string, number: number, bus: number, group: number) => ({
  at,
  is: `0c0300 8086:${id} 00`,
  name: ich(`USB UHCI Controller #${number}`),
  group,
  driver: 'uhci_hcd',
  modules: ['uhci_hcd'],
  reset: 'af_flr',
  buses: [{ number: bus, speed: '12' }],
});

/** A server whose IOMMU remaps no interrupts, with a network card of two ports to be given away. */
export const rhelServer82576: Machine = {
  title: 'RHEL server with an 82576',
  kernel: '3.10.0-1160.el7.x86_64',
  commandLine:
    'BOOT_IMAGE=/vmlinuz root=/dev/mapper/vg_VolGroup_1-root ro rhgb quiet intel_iommu=on iommu=pt',
  cpu: {
    vendor: 'GenuineIntel',
    name: 'Intel(R) Xeon(R) CPU E5520 @ 2.27GHz',
    cores: 4,
    threadsPerCore: 2,
    flags: 'fpu vme msr pae cx8 apic sep vmx est tm2 ssse3',
  },
  memoryMib: 24576,
  iommu: { kind: 'intel', interruptsRemapped: false },
  acpiTables: ['DMAR'],
  distribution: 'ID="rhel"\nVERSION_ID="7.9"',
  vendors,
  pci: [
    { at: '00:00.0', is: '0600 8086:3403 13', name: '5500 I/O Hub to ESI Port', group: 0 },
    port('00:01.0', '8086:3408', '5520/5500/X58 I/O Hub PCI Express Root Port 1', 1),
    {
      at: '00:19.0',
      is: '0200 8086:10cc 00',
      name: '82567LM-2 Gigabit Network Connection',
      group: 6,
      driver: 'e1000e',
      modules: ['e1000e'],
      reset: 'af_flr',
    },
    uhci('00:1a.0', '3a37', 4, 3, 7),
    uhci('00:1a.1', '3a38', 5, 4, 7),
    uhci('00:1a.2', '3a39', 6, 5, 7),
    {
      at: '00:1a.7',
      is: '0c0320 8086:3a3c 00',
      name: ich('USB2 EHCI Controller #2'),
      group: 7,
      driver: 'ehci-pci',
      modules: ['ehci_pci'],
      reset: 'af_flr',
      buses: usb2(1),
    },
    {
      at: '00:1f.2',
      is: '010601 8086:3a22 00',
      name: ich('SATA AHCI Controller'),
      group: 12,
      driver: 'ahci',
      modules: ['ahci'],
    },
    ...[0, 1].map((number) => ({
      at: `01:00.${number}`,
      is: '0200 8086:10c9 01',
      name: '82576 Gigabit Network Connection',
      group: 13,
      under: '00:01.0',
      driver: 'igb',
      modules: ['igb'],
      reset: 'flr',
    })),
  ],
  disks: [{ name: 'sda3', on: '00:1f.2', number: '8:3', mounted: ['/'] }],
  network: [
    { name: 'eno1', on: '00:19.0', route: 'default' },
    { name: 'ens1f0', on: '01:00.0', route: 'address' },
  ],
  files: driverctl,
};
