import { ahci, coprocessor, matisseSound, southBridge, spare } from './amd.ts';
import type { Machine } from './machine.ts';
import { desk, fabric, hostBridge, port, usb3, vendors, driverctl } from './parts.ts';

const dummy = 'Family 17h (Models 00h-1fh) PCIe Dummy Host Bridge';
const gpp = 'Family 17h (Models 00h-0fh) PCIe GPP Bridge';
const internal = 'Family 17h (Models 00h-0fh) Internal PCIe GPP Bridge 0 to Bus B';
const fabricName = (number: number) =>
  `Family 17h (Models 00h-0fh) Data Fabric: Device 18h; Function ${number}`;
const security = 'Family 17h (Models 00h-0fh) Platform Security Processor';
const xhci = (at: string, group: number, under: string, bus: number) => ({
  at,
  is: '0c0330 1022:145c 00',
  name: 'Family 17h (Models 00h-0fh) USB 3.0 Host Controller',
  group,
  under,
  driver: 'xhci_hcd',
  modules: ['xhci_pci'],
  reset: 'pm',
  buses: usb3(bus),
});
const gtx1080 = (at: string, group: number, under: string) => [
  {
    at: `${at}.0`,
    is: '0300 10de:1b80 a1',
    name: 'GP104 [GeForce GTX 1080]',
    group,
    under,
    modules: ['nouveau', 'nvidia'],
    rom: true,
    bars: ['16M', '256M pref 64', '', '32M pref 64', '', 'io 128'],
  },
  {
    at: `${at}.1`,
    is: '0403 10de:10f0 a1',
    name: 'GP104 High Definition Audio Controller',
    group,
    under,
    modules: ['snd_hda_intel'],
  },
];
const [hostCard, hostSound] = gtx1080('43:00', 34, '40:03.1');
const [guestCard, guestSound] = gtx1080('08:00', 14, '00:03.1');

/**
 * Two dies, each with a root bus and a NUMA node of its own. The listing has a GTX 1060 in the slot of
 * the host's card; here it is a second GTX 1080, so that no id tells the two apart.
 */
export const threadripper: Machine = {
  title: 'Threadripper with two identical cards',
  kernel: '6.1.0-18-amd64',
  commandLine: 'root=/dev/nvme0n1p2 ro quiet',
  cpu: {
    vendor: 'AuthenticAMD',
    name: 'AMD Ryzen Threadripper 1900X 8-Core Processor',
    cores: 8,
    threadsPerCore: 2,
    flags: 'fpu vme msr pae cx8 apic sep svm ssse3 avx2',
  },
  nodes: { '00': 0, '40': 1 },
  memoryMib: 16384,
  iommu: { kind: 'amd', interruptsRemapped: true, type: 'DMA-FQ' },
  acpiTables: ['IVRS'],
  distribution: 'ID=debian\nVERSION_ID="12"',
  vendors: { ...vendors, '1912': 'Renesas Technology Corp.' },
  pci: [
    hostBridge('00:01.0', '1022:1452', dummy, 0),
    port('00:01.1', '1022:1453', gpp, 1),
    hostBridge('00:02.0', '1022:1452', dummy, 2),
    hostBridge('00:03.0', '1022:1452', dummy, 3),
    port('00:03.1', '1022:1453', gpp, 4),
    hostBridge('00:04.0', '1022:1452', dummy, 5),
    hostBridge('00:07.0', '1022:1452', dummy, 6),
    port('00:07.1', '1022:1454', internal, 7),
    hostBridge('00:08.0', '1022:1452', dummy, 8),
    port('00:08.1', '1022:1454', internal, 9),
    ...southBridge(10, '59'),
    ...fabric('18', 11, 0x1460, fabricName),
    ...fabric('19', 12, 0x1460, fabricName),
    {
      at: '01:00.0',
      is: '0c0330 1022:43ba 02',
      name: 'X399 Series Chipset USB 3.1 xHCI Controller',
      group: 13,
      under: '00:01.1',
      driver: 'xhci_hcd',
      modules: ['xhci_pci'],
      reset: 'pm',
      buses: usb3(1),
    },
    {
      at: '01:00.1',
      is: '010601 1022:43b6 02',
      name: 'X399 Series Chipset SATA Controller',
      group: 13,
      under: '00:01.1',
      driver: 'ahci',
      modules: ['ahci'],
    },
    port('01:00.2', '1022:43b1', 'X399 Series Chipset PCIe Bridge', 13, '00:01.1'),
    ...['02:00.0', '02:04.0', '02:05.0', '02:06.0', '02:07.0'].map((at) =>
      port(at, '1022:43b4', '300 Series Chipset PCIe Port', 13, '01:00.2'),
    ),
    ...[
      ['04:00.0', '02:04.0'],
      ['06:00.0', '02:06.0'],
    ].map(([at = '', under = '']) => ({
      at,
      is: '0200 8086:1539 03',
      name: 'I211 Gigabit Network Connection',
      group: 13,
      under,
      driver: 'igb',
      modules: ['igb'],
      reset: 'flr',
    })),
    {
      at: '05:00.0',
      is: '0280 8086:24fb 10',
      name: 'Dual Band Wireless-AC 3168NGW [Stone Peak]',
      group: 13,
      under: '02:05.0',
      driver: 'iwlwifi',
      modules: ['iwlwifi'],
      reset: 'flr',
    },
    ...(guestCard === undefined || guestSound === undefined
      ? []
      : [
          { ...guestCard, driver: 'nouveau', connectors: { 'DP-1': false } },
          { ...guestSound, driver: 'snd_hda_intel', sound: 'NVidia' },
        ]),
    spare('09:00.0', '145a', 'Zeppelin/Raven/Raven2 PCIe Dummy Function', 15, '00:07.1'),
    coprocessor('09:00.2', '1456', security, 16, '00:07.1'),
    xhci('09:00.3', 17, '00:07.1', 3),
    spare('0a:00.0', '1455', 'Zeppelin/Renoir PCIe Dummy Function', 18, '00:08.1'),
    ahci('0a:00.2', 19, '00:08.1'),
    {
      ...matisseSound('0a:00.3', 20, '00:08.1'),
      is: '0403 1022:1457 00',
      name: 'Family 17h (Models 00h-0fh) HD Audio Controller',
    },
    hostBridge('40:01.0', '1022:1452', dummy, 21),
    port('40:01.1', '1022:1453', gpp, 22),
    port('40:01.3', '1022:1453', gpp, 23),
    hostBridge('40:02.0', '1022:1452', dummy, 24),
    hostBridge('40:03.0', '1022:1452', dummy, 25),
    port('40:03.1', '1022:1453', gpp, 26),
    hostBridge('40:04.0', '1022:1452', dummy, 27),
    hostBridge('40:07.0', '1022:1452', dummy, 28),
    port('40:07.1', '1022:1454', internal, 29),
    hostBridge('40:08.0', '1022:1452', dummy, 30),
    port('40:08.1', '1022:1454', internal, 31),
    {
      at: '41:00.0',
      is: '010802 144d:a804 00',
      name: 'NVMe SSD Controller SM961/PM961',
      group: 32,
      under: '40:01.1',
      driver: 'nvme',
      modules: ['nvme'],
      reset: 'flr',
    },
    {
      at: '42:00.0',
      is: '0c0330 1912:0014 03',
      name: 'uPD720201 USB 3.0 Host Controller',
      group: 33,
      under: '40:01.3',
      driver: 'xhci_hcd',
      modules: ['xhci_pci_renesas', 'xhci_pci'],
      reset: 'pm bus',
      buses: usb3(5),
    },
    ...(hostCard === undefined || hostSound === undefined
      ? []
      : [
          {
            ...hostCard,
            driver: 'nouveau',
            boot: true,
            connectors: { 'DP-1': true, 'HDMI-A-1': true },
          },
          { ...hostSound, driver: 'snd_hda_intel', sound: 'NVidia_1' },
        ]),
    spare('44:00.0', '145a', 'Zeppelin/Raven/Raven2 PCIe Dummy Function', 35, '40:07.1'),
    coprocessor('44:00.2', '1456', security, 36, '40:07.1'),
    xhci('44:00.3', 37, '40:07.1', 7),
    spare('45:00.0', '1455', 'Zeppelin/Renoir PCIe Dummy Function', 38, '40:08.1'),
    ahci('45:00.2', 39, '40:08.1'),
  ],
  ...desk('3-1', '3-2'),
  disks: [{ name: 'nvme0n1p2', on: '41:00.0', number: '259:2', mounted: ['/'] }],
  network: [{ name: 'enp4s0', on: '04:00.0', route: 'default' }],
  files: driverctl,
};
