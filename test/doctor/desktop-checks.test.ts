import { card } from './healthy.ts';
import { both, having, type Row, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'graphics.browsers',
    when: 'a guest has one of two cards',
    change: () => {},
    verdict: 'ok',
    says: '--gpu-testing-vendor-id=0x8086',
  },
  {
    id: 'graphics.browsers',
    when: 'the host has both',
    change: ({ pci }) => {
      const guest = pci.devices[1];
      if (guest !== undefined) guest.driver = 'nouveau';
    },
    verdict: 'none',
  },
  {
    id: 'graphics.xorg',
    when: 'it names the card of the guest',
    change: having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:01:00.0' }] }),
    verdict: 'problem',
    says: 'vfio-pci has',
    todo: 'Write `BusID "PCI:0:2:0"` into /etc/X11/xorg.conf;',
  },
  {
    id: 'graphics.xorg',
    when: 'it names the card of the guest, and the host has several',
    change: both(
      having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:01:00.0' }] }),
      ({ pci }) => void pci.devices.push(card('0001:0a:00.0', { driver: 'amdgpu' })),
    ),
    verdict: 'problem',
    todo: "Write the `BusID` of the host's card, in decimal numbers, into /etc/X11/xorg.conf;",
  },
  {
    id: 'graphics.xorg',
    when: 'it names a card that is gone, and the one of the host is far out',
    change: both(
      having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:09:00.0' }] }),
      ({ pci }) => {
        pci.devices = [card('0001:0a:00.0', { driver: 'amdgpu' })];
      },
    ),
    verdict: 'problem',
    todo: '"PCI:10@1:0:0"',
  },
  {
    id: 'graphics.xorg',
    when: "it names the host's",
    change: having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:00:02.0' }] }),
    verdict: 'ok',
  },
];

testRows(rows);
