import { ahci, matisse, matisseSound, matisseUsb, spare } from './amd.ts';
import type { Machine, PciCard } from './machine.ts';
import { cardSound, desk, forGuest, hostBridge, nvme, port, vendors, virsh } from './parts.ts';

const chipset = 'Matisse PCIe GPP Bridge';
const hostCard: PciCard = {
  at: '24:00.0',
  is: '0300 10de:128b a1',
  name: 'GK208B [GeForce GT 710]',
  subsystem: '3842:2717',
  group: 23,
  under: '21:04.0',
  driver: 'nvidia',
  modules: ['nvidiafb', 'nouveau', 'nvidia_drm', 'nvidia'],
  bars: ['16M', '128M pref 64', '', '32M pref 64', '', 'io 128'],
};
const guestCard: PciCard = {
  at: '2d:00.0',
  is: '0300 1002:67df e7',
  name: 'Ellesmere [Radeon RX 470/480/570/570X/580/580X/590]',
  subsystem: '1da2:e353',
  group: 27,
  under: '00:03.1',
  modules: ['amdgpu'],
  boot: true,
  rom: true,
  bars: ['256M pref 64', '', '2M pref 64', '', 'io 256', '256K'],
};

/**
 * The machine starts on the guest's card, a Polaris, and Xorg was told to use the other one. The words
 * for the kernel were written into grub.cfg, which the next kernel makes anew.
 */
export const ubuntuX570: Machine = {
  title: 'Ubuntu on an X570 that starts on the card of the guest',
  kernel: '5.4.0-47-generic',
  commandLine:
    'BOOT_IMAGE=/boot/vmlinuz-5.4.0-47-generic root=UUID=0 ro quiet splash amd_iommu=on iommu=pti vfio-pci.ids=1002:67df,1002:aaf0',
  cpu: {
    vendor: 'AuthenticAMD',
    name: 'AMD Ryzen 7 3700X 8-Core Processor',
    cores: 8,
    threadsPerCore: 2,
    flags: 'fpu vme msr pae cx8 apic sep svm ssse3 avx2',
  },
  memoryMib: 32084,
  iommu: { kind: 'amd', interruptsRemapped: true, type: 'identity' },
  acpiTables: ['IVRS'],
  distribution: 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="20.04"\nPRETTY_NAME="Ubuntu 20.04.1 LTS"',
  vendors,
  pci: [
    hostBridge('00:00.0', '1022:1480', 'Starship/Matisse Root Complex'),
    { at: '00:00.2', is: '0806 1022:1481 00', name: 'Starship/Matisse IOMMU' },
    ...matisse(
      ['01.1', '01.2', '03.1', '07.1', '08.1'],
      (number) => `Matisse Device 24: Function ${number}`,
    ),
    nvme('01:00.0', '144d:a808', 'NVMe SSD Controller SM981/PM981/PM983', 14, '00:01.1'),
    port('20:00.0', '1022:57ad', 'Matisse Switch Upstream', 15, '00:01.2'),
    ...['02', '04', '05', '06'].map((slot, index) =>
      port(`21:${slot}.0`, '1022:57a3', chipset, 16 + index, '20:00.0'),
    ),
    ...['08', '09', '0a'].map((slot, index) =>
      port(`21:${slot}.0`, '1022:57a4', chipset, 20 + index, '20:00.0'),
    ),
    hostCard,
    cardSound(hostCard, '0403 10de:0e0f a1', 'GK208 HDMI/DP Audio Controller'),
    {
      at: '26:00.0',
      is: '0200 8086:1539 03',
      name: 'I211 Gigabit Network Connection',
      group: 24,
      under: '21:05.0',
      driver: 'igb',
      modules: ['igb'],
      reset: 'flr',
    },
    {
      at: '27:00.0',
      is: '0200 10ec:8125 00',
      name: 'RTL8125 2.5GbE Controller',
      group: 25,
      under: '21:02.0',
      driver: 'r8169',
      modules: ['r8169'],
    },
    {
      at: '28:00.0',
      is: '0280 8086:2723 1a',
      name: 'Wi-Fi 6 AX200',
      group: 26,
      under: '21:06.0',
      driver: 'iwlwifi',
      modules: ['iwlwifi'],
      reset: 'flr',
    },
    spare('2a:00.0', '1485', 'Starship/Matisse Reserved SPP', 20, '21:08.0'),
    matisseUsb('2a:00.1', 20, '21:08.0', 1),
    matisseUsb('2a:00.3', 20, '21:08.0', 3),
    ahci('2b:00.0', 21, '21:09.0'),
    ahci('2c:00.0', 22, '21:0a.0'),
    forGuest(guestCard),
    forGuest(
      cardSound(
        guestCard,
        '0403 1002:aaf0 00',
        'Ellesmere HDMI Audio [Radeon RX 470/480 / 570/580/590]',
      ),
    ),
    spare('2e:00.0', '148a', 'Starship/Matisse PCIe Dummy Function', 28, '00:07.1'),
    spare('2f:00.0', '1485', 'Starship/Matisse Reserved SPP', 29, '00:08.1'),
    matisseUsb('2f:00.3', 30, '00:08.1', 5),
    matisseSound('2f:00.4', 31, '00:08.1'),
  ],
  ...desk('1-5', '1-6'),
  disks: [{ name: 'nvme0n1p2', on: '01:00.0', number: '259:2', mounted: ['/'] }],
  network: [{ name: 'enp38s0', on: '26:00.0', bridge: 'br0', route: 'default' }],
  files: virsh,
};
