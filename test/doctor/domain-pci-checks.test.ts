import { card, withDomain, type Change } from './healthy.ts';
import { both, gpu, guest, having, line, type Row, testRows } from './rows.ts';

const soundAlone = withDomain({ pci: ['01:00.1'], isManaged: false });

/** The one card on which the host has displays. */
function shownOn(address: string, ...connectors: string[]): Change {
  return ({ pci }) => {
    const displays = connectors.map((name) => ({
      kind: 'display' as const,
      connector: `card0-${name}`,
    }));
    pci.uses.byDevice = new Map([[address, displays]]);
    pci.uses.withConnectors = new Set([address]);
  };
}

const rows: Row[] = [
  {
    id: 'domain.device',
    when: 'no device is there',
    change: withDomain({ pci: ['09:00.0'] }),
    verdict: 'problem',
  },
  {
    id: 'domain.bridge',
    when: 'it is a root port',
    change: both(withDomain(gpu), guest(1, { class: '060400' })),
    verdict: 'problem',
    says: 'PCI bridge',
  },
  {
    id: 'domain.group',
    when: 'the host has another of its group',
    change: both(withDomain(gpu), ({ pci }) => {
      pci.devices.push(card('0000:05:00.0', { class: '020000', driver: 'r8169' }));
    }),
    verdict: 'problem',
    todo: 'sudo driverctl set-override 0000:05:00.0 vfio-pci',
  },
  {
    id: 'domain.group',
    when: 'another of its group goes along',
    change: both(withDomain({ pci: [...gpu.pci, '05:00.0'] }), ({ pci }) => {
      pci.devices.push(card('0000:05:00.0', { class: '020000', driver: 'r8169' }));
    }),
    verdict: 'ok',
  },
  {
    id: 'domain.functions',
    when: 'the sound is left out',
    change: withDomain({ pci: ['01:00.0'] }),
    verdict: 'warning',
    says: '0000:01:00.1 (audio device)',
  },
  {
    id: 'domain.host-use',
    when: "it is the host's display",
    change: withDomain({ pci: ['00:02.0'] }),
    verdict: 'problem',
    says: 'the display on DP-1',
  },
  {
    id: 'domain.host-use',
    when: "several of the host's displays are on it",
    change: both(withDomain({ pci: ['00:02.0'] }), shownOn('0000:00:02.0', 'DP-1', 'HDMI-A-1')),
    verdict: 'problem',
    says: 'the host loses the display on DP-1; the display on HDMI-A-1: a display of the host is on it.',
  },
  {
    id: 'domain.host-use',
    when: 'its driver shows no connectors',
    change: both(withDomain(gpu), guest(1, { driver: 'nvidia' })),
    verdict: 'unknown',
    says: 'the driver nvidia does not say whether the host has a display on it',
  },
  {
    id: 'domain.host-use',
    when: 'the host shows on it as the firmware has left it',
    change: both(withDomain(gpu), guest(1, { driver: null, bootVga: true }), ({ pci }) => {
      pci.uses.byDevice = new Map([
        ['0000:01:00.0', [{ kind: 'firmware-screen', name: 'EFI VGA' }]],
      ]);
    }),
    verdict: 'problem',
    says: 'the screen of the firmware (EFI VGA): the host shows on nothing else',
  },
  {
    id: 'domain.group',
    when: 'the host shows on the card whose sound stays behind',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { driver: 'nouveau' }),
      guest(2, { driver: 'snd_hda_intel' }),
      shownOn('0000:01:00.0', 'DP-1'),
    ),
    verdict: 'problem',
    todo: ' The host would lose the display on DP-1: see to that first.',
  },
  {
    id: 'domain.driver',
    when: 'the host shows on the card that it is the sound of',
    change: both(
      withDomain({ pci: ['01:00.0', '01:00.1'], isManaged: false }),
      guest(1, { driver: 'nouveau' }),
      guest(2, { driver: null }),
      shownOn('0000:01:00.0', 'DP-1'),
    ),
    verdict: 'none',
  },
  {
    id: 'domain.driver',
    when: 'it is the sound of the only card, of which the driver shows no connectors',
    change: both(
      withDomain({ pci: ['01:00.1', '01:00.0'], isManaged: false }),
      guest(1, { driver: 'nvidia' }),
      guest(2, { driver: null }),
      shownOn('0000:00:02.0'),
    ),
    verdict: 'problem',
    todo: ' The driver nvidia does not say whether',
  },
  {
    id: 'domain.driver',
    when: "libvirt is not to change it and it has the host's",
    change: both(soundAlone, guest(2, { driver: 'snd_hda_intel' })),
    verdict: 'problem',
    todo: 'sudo driverctl set-override 0000:01:00.1 vfio-pci',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it and it has a graphics driver, which a desktop may have open',
    change: both(withDomain({ ...gpu, isManaged: false }), guest(1, { driver: 'nvidia' })),
    verdict: 'problem',
    todo: 'vfio-pci.ids=10de:2684,10de:22ba',
  },
  {
    id: 'domain.driver',
    when: "a graphics driver has it, and others' ids are on the kernel's command line",
    change: both(
      withDomain(gpu),
      guest(1, { driver: 'nvidia' }),
      line('vfio-pci.ids=10de:22ba,8086:1533'),
    ),
    verdict: 'warning',
    todo: 'vfio-pci.ids=10de:22ba,8086:1533,10de:2684',
  },
  {
    id: 'domain.driver',
    when: 'a graphics driver has it, and a card that stays has the same ids',
    change: both(withDomain(gpu), guest(1, { driver: 'nvidia' }), ({ pci }) => {
      pci.devices.push(card('0000:03:00.0', { driver: 'nvidia', iommuGroup: 12 }));
    }),
    verdict: 'warning',
    todo: ' From the start: set its driver by address, early at boot, since 0000:03:00.0 has the same ids.',
  },
  {
    id: 'domain.driver',
    when: 'it is a root port, which is not to be taken from the host',
    change: both(
      withDomain({ ...gpu, isManaged: false }),
      guest(1, { class: '060400', driver: 'pcieport' }),
    ),
    verdict: 'ok',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is to take it from a graphics driver',
    change: both(withDomain(gpu), guest(1, { driver: 'nvidia' })),
    verdict: 'warning',
    todo: 'vfio-pci.ids=10de:2684,10de:22ba',
  },
  {
    id: 'domain.outputs',
    when: 'it is a 3D controller',
    change: both(withDomain(gpu), guest(1, { class: '030200', hasRom: false })),
    verdict: 'warning',
    todo: 'display of software',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it, and driverctl is not installed',
    change: both(
      soundAlone,
      guest(2, { driver: 'snd_hda_intel' }),
      having('pci', { takers: ['virsh'] }),
    ),
    verdict: 'problem',
    todo: 'sudo virsh --connect qemu:///system nodedev-detach pci_0000_01_00_1 That lasts',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it, and nothing that could is installed',
    change: both(soundAlone, guest(2, { driver: 'snd_hda_intel' }), having('pci', { takers: [] })),
    verdict: 'problem',
    todo: 'It takes driverctl or libvirt',
  },
  {
    id: 'domain.sound',
    when: 'the running guest uses no MSI',
    change: withDomain(gpu, true),
    verdict: 'warning',
    todo: 'MSISupported',
  },
  {
    id: 'domain.hidden',
    when: 'no driver of the card starts in a guest that shows it',
    change: both(withDomain(gpu), guest(1, { device: '0dc0' })),
    verdict: 'warning',
    todo: "<hidden state='on'/>",
  },
  {
    id: 'domain.hidden',
    when: 'the card has newer drivers',
    change: withDomain(gpu),
    verdict: 'ok',
  },
  {
    id: 'domain.vendor-id',
    when: 'it is too long',
    change: withDomain({ hyperv: "<vendor_id state='on' value='0123456789abc'/>" }),
    verdict: 'problem',
    says: '13 characters',
  },
];

testRows(rows);
