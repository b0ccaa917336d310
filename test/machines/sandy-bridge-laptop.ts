import { keyboardBits } from '../system/capability-bits.ts';
import type { Machine } from './machine.ts';
import { usb2, vendors } from './parts.ts';

const hub = {
  vendor: '8087',
  product: '0024',
  deviceClass: '09',
  model: 'Integrated Rate Matching Hub',
};

/**
 * A laptop whose graphics were left out of the IOMMU (`igfx_off`): camera, Bluetooth and a stick on one
 * USB controller, a calculator and the free port on the other.
 */
export const sandyBridgeLaptop: Machine = {
  title: 'Sandy Bridge laptop',
  kernel: '5.4.72-1-lts',
  commandLine: 'root=/dev/sda2 rw quiet intel_iommu=on,igfx_off',
  cpu: {
    vendor: 'GenuineIntel',
    name: 'Intel(R) Core(TM) i5-2520M CPU @ 2.50GHz',
    cores: 2,
    threadsPerCore: 2,
    flags: 'fpu vme msr pae cx8 apic sep vmx smx est tm2 ssse3',
  },
  memoryMib: 8192,
  iommu: { kind: 'intel', interruptsRemapped: true },
  acpiTables: ['DMAR'],
  distribution: 'ID=arch',
  vendors,
  pci: [
    {
      at: '00:00.0',
      is: '0600 8086:0104 09',
      name: '2nd Generation Core Processor Family DRAM Controller',
      group: 0,
    },
    {
      at: '00:02.0',
      is: '0300 8086:0126 09',
      name: '2nd Generation Core Processor Family Integrated Graphics Controller',
      driver: 'i915',
      modules: ['i915'],
      boot: true,
      reset: 'flr',
      rom: true,
      bars: ['4M 64', '', '256M pref 64', '', 'io 64'],
      connectors: { 'LVDS-1': true, 'VGA-1': false, 'DP-1': false },
    },
    {
      at: '00:16.0',
      is: '0780 8086:1c3a 04',
      name: '6 Series/C200 Series Chipset Family MEI Controller #1',
      group: 1,
      driver: 'mei_me',
      modules: ['mei_me'],
    },
    {
      at: '00:19.0',
      is: '0200 8086:1502 04',
      name: '82579LM Gigabit Network Connection',
      group: 2,
      driver: 'e1000e',
      modules: ['e1000e'],
      reset: 'flr',
    },
    {
      at: '00:1a.0',
      is: '0c0320 8086:1c2d 04',
      name: '6 Series/C200 Series Chipset Family USB Enhanced Host Controller #2',
      group: 3,
      driver: 'ehci-pci',
      modules: ['ehci_pci'],
      reset: 'flr',
      buses: usb2(1),
    },
    {
      at: '00:1d.0',
      is: '0c0320 8086:1c26 04',
      name: '6 Series/C200 Series Chipset Family USB Enhanced Host Controller #1',
      group: 9,
      driver: 'ehci-pci',
      modules: ['ehci_pci'],
      reset: 'flr',
      buses: usb2(2),
    },
    {
      at: '00:1f.2',
      is: '010601 8086:1c03 04',
      name: '6 Series/C200 Series Chipset Family 6 port Mobile SATA AHCI Controller',
      group: 10,
      driver: 'ahci',
      modules: ['ahci'],
    },
  ],
  usb: [
    { port: '1-1', device: 2, ...hub },
    {
      port: '1-1.3',
      device: 7,
      vendor: '0a5c',
      product: '21e6',
      model: 'BCM20702 Bluetooth 4.0 [ThinkPad]',
      interfaces: [{ class: 'e0', driver: 'btusb' }],
    },
    {
      port: '1-1.6',
      device: 4,
      vendor: '04f2',
      product: 'b217',
      model: 'Lenovo Integrated Camera (0.3MP)',
      interfaces: [{ class: '0e', driver: 'uvcvideo' }],
    },
    {
      port: '1-1.2',
      device: 8,
      vendor: '0781',
      product: '5530',
      model: 'Cruzer',
      interfaces: [{ class: '08', driver: 'usb-storage' }],
    },
    { port: '2-1', device: 2, ...hub },
    {
      port: '2-1.2',
      device: 6,
      vendor: '0451',
      product: 'e012',
      model: 'TI-Nspire Calculator',
      interfaces: [{ class: 'ff' }],
    },
  ],
  input: [
    {
      node: 0,
      name: 'AT Translated Set 2 keyboard',
      phys: 'isa0060/serio0/input0',
      capabilities: keyboardBits,
    },
  ],
  disks: [{ name: 'sda2', on: '00:1f.2', number: '8:2', mounted: ['/'] }],
  network: [{ name: 'enp0s25', on: '00:19.0', route: 'default' }],
};
