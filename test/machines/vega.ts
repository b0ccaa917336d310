import { coprocessor, matisse, matisseSound, matisseUsb, spare } from './amd.ts';
import type { Machine, PciCard } from './machine.ts';
import { cardSound, desk, forGuest, nvme, port, usb3, vendors, driverctl } from './parts.ts';

const hostCard: PciCard = {
  at: '04:00.0',
  is: '0300 1002:699f c7',
  name: 'Lexa PRO [Radeon 540/540X/550/550X / RX 540X/550/550X]',
  group: 15,
  under: '03:00.0',
  driver: 'amdgpu',
  modules: ['amdgpu'],
  boot: true,
  rom: true,
  bars: ['256M pref 64', '', '2M pref 64', '', 'io 256', '256K'],
  connectors: { 'DP-1': true, 'HDMI-A-1': false },
};
const guestCard: PciCard = {
  at: '08:00.0',
  is: '0300 1002:687f c3',
  name: 'Vega 10 XL/XT [Radeon RX Vega 56/64]',
  subsystem: '1da2:e376',
  group: 18,
  under: '07:00.0',
  modules: ['amdgpu'],
  rom: true,
  reset: 'bus',
  bars: ['256M pref 64', '', '2M pref 64', '', 'io 256', '512K'],
};

/**
 * The guest's card does not come back from a reset, for which vendor-reset is loaded. The listing is from
 * after its owner had put another card into its slot; here it is still there, with a switch of its own.
 */
export const vega: Machine = {
  title: 'Vega 56 with vendor-reset',
  kernel: '6.1.0-13-amd64',
  commandLine:
    'BOOT_IMAGE=/boot/vmlinuz-6.1.0-13-amd64 root=UUID=0 ro quiet iommu=pt vfio-pci.ids=1002:687f,1002:aaf8',
  cpu: {
    vendor: 'AuthenticAMD',
    name: 'AMD Ryzen 9 3900X 12-Core Processor',
    cores: 12,
    threadsPerCore: 2,
    coresPerCache: 3,
    flags: 'fpu vme msr pae cx8 apic sep svm ssse3 avx2',
  },
  memoryMib: 64226,
  iommu: { kind: 'amd', interruptsRemapped: true, type: 'identity' },
  acpiTables: ['IVRS'],
  distribution: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
  vendors: { ...vendors, '1987': 'Phison Electronics Corporation' },
  pci: [
    ...matisse(
      ['01.1', '01.2', '03.1', '07.1', '08.1'],
      (number) => `Matisse/Vermeer Data Fabric: Device 18h; Function ${number}`,
    ),
    nvme('01:00.0', '1987:5012', 'E12 NVMe Controller', 14, '00:01.1'),
    {
      at: '02:00.0',
      is: '0c0330 1022:43ee 00',
      name: '500 Series Chipset USB 3.1 XHCI Controller',
      group: 15,
      under: '00:01.2',
      driver: 'xhci_hcd',
      modules: ['xhci_pci'],
      reset: 'pm',
      buses: usb3(1),
    },
    {
      at: '02:00.1',
      is: '010601 1022:43eb 00',
      name: '500 Series Chipset SATA Controller',
      group: 15,
      under: '00:01.2',
      driver: 'ahci',
      modules: ['ahci'],
    },
    port('02:00.2', '1022:43e9', '500 Series Chipset Switch Upstream Port', 15, '00:01.2'),
    ...['03:00.0', '03:08.0'].map((at) => port(at, '1022:43ea', '', 15, '02:00.2')),
    hostCard,
    cardSound(
      hostCard,
      '0403 1002:aae0 00',
      'Baffin HDMI/DP Audio [Radeon RX 550 640SP / RX 560/560X]',
    ),
    {
      at: '05:00.0',
      is: '0200 10ec:8125 05',
      name: 'RTL8125 2.5GbE Controller',
      group: 15,
      under: '03:08.0',
      driver: 'r8169',
      modules: ['r8169'],
    },
    port('06:00.0', '1022:1470', 'Vega 10 PCIe Bridge', 16, '00:03.1'),
    port('07:00.0', '1022:1471', 'Vega 10 PCIe Bridge', 17, '06:00.0'),
    forGuest(guestCard),
    {
      ...forGuest(
        cardSound(guestCard, '0403 1002:aaf8 00', 'Vega 10 HDMI Audio [Radeon Vega 56/64]'),
      ),
      group: 19,
    },
    spare('09:00.0', '148a', 'Starship/Matisse PCIe Dummy Function', 20, '00:07.1'),
    spare('0a:00.0', '1485', 'Starship/Matisse Reserved SPP', 21, '00:08.1'),
    coprocessor(
      '0a:00.1',
      '1486',
      'Starship/Matisse Cryptographic Coprocessor PSPCPP',
      22,
      '00:08.1',
    ),
    matisseUsb('0a:00.3', 23, '00:08.1', 3),
    matisseSound('0a:00.4', 24, '00:08.1'),
  ],
  ...desk('3-1', '3-2'),
  disks: [{ name: 'nvme0n1p2', on: '01:00.0', number: '259:2', mounted: ['/'] }],
  network: [{ name: 'enp5s0', on: '05:00.0', route: 'default' }],
  files: driverctl,
};
