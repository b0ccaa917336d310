import { card } from './healthy.ts';
import { both, having, line, type Row, testRows, unreadOfCard } from './rows.ts';

const rows: Row[] = [
  {
    id: 'graphics.functions',
    when: 'the only keyboard is on a port of the card',
    change: ({ pci }) => {
      pci.devices.push(card('0000:01:00.2', { class: '0c0330', driver: 'xhci_hcd' }));
      Object.assign(pci.uses, {
        byDevice: new Map([
          ['0000:01:00.2', [{ kind: 'input', what: 'keyboard', name: 'Keyboard', port: '3-1' }]],
        ]),
      });
    },
    verdict: 'warning',
    todo: ' The host would lose the keyboard Keyboard (USB port 3-1): see to that first.',
  },
  {
    id: 'graphics.functions',
    when: 'nobody tells what the host uses of it',
    change: ({ pci }) => {
      Object.assign(pci.devices[2] ?? {}, { driver: 'snd_hda_intel' });
      pci.uses.unread['input'] = 'permission denied';
    },
    verdict: 'warning',
    todo: ' It could not be read what the host does with it (permission denied)',
  },
  {
    id: 'graphics.functions',
    when: 'driver of a card cannot be read',
    change: unreadOfCard('driver'),
    verdict: 'unknown',
    says: 'driver of 0000:01:00.0 (input/output error)',
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
    id: 'graphics.cards',
    when: 'class of a card cannot be read',
    change: unreadOfCard('class'),
    verdict: 'unknown',
    says: 'input/output error',
  },
  {
    id: 'graphics.alike',
    when: 'device of a card cannot be read',
    change: unreadOfCard('device'),
    verdict: 'unknown',
    says: 'device of 0000:01:00.0 (input/output error)',
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
      pci.takers = ['virsh'];
    }),
    verdict: 'problem',
    todo: 'sudo virsh --connect qemu:///system nodedev-detach pci_0000_01_00_0',
  },
  {
    id: 'graphics.reset',
    when: 'resetMethods of a card cannot be read',
    change: unreadOfCard('resetMethods'),
    verdict: 'unknown',
    says: 'resetMethods of 0000:01:00.0 (input/output error)',
  },
  {
    id: 'graphics.reset',
    when: 'a USB controller shares its bus with what stays',
    change: ({ pci }) => {
      pci.devices.push(
        card('0000:05:00.3', { class: '0c0330', iommuGroup: 20, canReset: false }),
        card('0000:05:00.4', { class: '040300', iommuGroup: 21 }),
      );
    },
    verdict: 'ok',
    says: 'No reset have 0000:05:00.3',
  },
  {
    id: 'graphics.sound',
    when: 'msiAllowed of a card cannot be read',
    change: unreadOfCard('msiAllowed'),
    verdict: 'unknown',
    says: 'msiAllowed of 0000:01:00.0 (input/output error)',
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
    id: 'graphics.large-bars',
    when: 'bars of a card cannot be read',
    change: unreadOfCard('bars'),
    verdict: 'unknown',
    says: 'bars of 0000:01:00.0 (input/output error)',
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
