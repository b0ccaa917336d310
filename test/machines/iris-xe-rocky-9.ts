import { keyboardBits } from '../system/capability-bits.ts';
import type { Machine } from './machine.ts';
import { usb3, vendors, virsh } from './parts.ts';

/** One graphics card alone, which the processor has, before anything was given away. */
export const irisXeRocky9: Machine = {
  title: 'Iris Xe on Rocky Linux 9',
  kernel: '5.14.0-427.13.1.el9_4.x86_64',
  commandLine: 'BOOT_IMAGE=(hd0,gpt2)/vmlinuz root=/dev/mapper/rl-root ro intel_iommu=on iommu_pt',
  cpu: {
    vendor: 'GenuineIntel',
    name: '13th Gen Intel(R) Core(TM) i7-1360P',
    cores: 4,
    threadsPerCore: 2,
    smallCores: 8,
    flags: 'fpu vme msr pae cx8 apic sep vmx est tm2 ssse3 avx2',
  },
  memoryMib: 32768,
  iommu: { kind: 'intel', interruptsRemapped: true, type: 'DMA' },
  acpiTables: ['DMAR'],
  distribution: 'ID="rocky"\nVERSION_ID="9.4"',
  vendors,
  pci: [
    {
      at: '00:02.0',
      is: '0300 8086:a7a0 04',
      name: 'Raptor Lake-P [Iris Xe Graphics]',
      subsystem: '8086:3037',
      group: 0,
      driver: 'i915',
      modules: ['i915'],
      boot: true,
      reset: 'flr',
      bars: ['16M 64', '', '256M pref 64', '', 'io 64'],
      connectors: { 'HDMI-A-1': true, 'DP-1': false },
    },
    {
      at: '00:00.0',
      is: '0600 8086:a706 00',
      name: 'Raptor Lake-P/U 4p+8e cores Host Bridge/DRAM Controller',
      group: 1,
    },
    {
      at: '00:14.0',
      is: '0c0330 8086:51ed 01',
      name: 'Alder Lake PCH USB 3.2 xHCI Host Controller',
      group: 2,
      driver: 'xhci_hcd',
      modules: ['xhci_pci'],
      reset: 'pm',
      buses: usb3(1),
    },
  ],
  usb: [{ port: '1-3', device: 2, vendor: '04d9', product: '0169', model: 'USB Keyboard' }],
  input: [
    {
      node: 1,
      name: 'USB Keyboard',
      vendor: '04d9',
      product: '0169',
      on: '1-3:1.0',
      phys: 'usb-0000:00:14.0-3/input0',
      capabilities: keyboardBits,
    },
  ],
  files: virsh,
};
