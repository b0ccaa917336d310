import { having, type Row, testRows } from './rows.ts';

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
  },
  {
    id: 'graphics.xorg',
    when: "it names the host's",
    change: having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:00:02.0' }] }),
    verdict: 'ok',
  },
];

testRows(rows);
