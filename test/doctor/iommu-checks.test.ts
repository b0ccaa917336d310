import { card, withDomain } from './healthy.ts';
import { both, type Row, testRows, unreadOfCard } from './rows.ts';

const rows: Row[] = [
  {
    id: 'iommu.igfx-off',
    when: 'the graphics of the processor are left out, and no domain asks for them',
    change: ({ pci }) => {
      pci.iommu.parameters = ['intel_iommu=on,igfx_off'];
    },
    verdict: 'ok',
    says: 'no domain asks for them',
  },
  {
    id: 'iommu.igfx-off',
    when: 'the graphics of the processor are left out, and a domain asks for them',
    change: both(withDomain({ pci: ['00:02.0'] }), ({ pci, boot }) => {
      pci.iommu.parameters = ['intel_iommu=on,igfx_off'];
      boot.lineTool = 'grubby';
    }),
    verdict: 'warning',
    todo: '--remove-args="intel_iommu=on,igfx_off" --args="intel_iommu=on"',
  },
  {
    id: 'iommu.groups',
    when: 'a card is in none',
    change: ({ pci }) => {
      const device = pci.devices[1];
      if (device !== undefined) device.iommuGroup = null;
    },
    verdict: 'warning',
  },
  {
    id: 'iommu.groups',
    when: 'the group of a card cannot be read',
    change: unreadOfCard('iommuGroup'),
    verdict: 'unknown',
  },
  {
    id: 'iommu.shared-groups',
    when: 'a disk is in the group of a card',
    change: ({ pci }) => {
      pci.devices.push(card('0000:05:00.0', { class: '010802', driver: 'nvme', iommuGroup: 10 }));
    },
    verdict: 'warning',
    says: '0000:05:00.0 (NVMe disk)',
  },
  {
    id: 'iommu.shared-groups',
    when: 'a disk is in the group of a card that shows the host',
    change: ({ pci, libvirt }) => {
      libvirt.domains = [];
      pci.devices.push(card('0000:05:00.0', { class: '010802', driver: 'nvme', iommuGroup: 10 }));
      const display = { kind: 'display', connector: 'card1-DP-1' } as const;
      pci.uses.byDevice = new Map([['0000:01:00.0', [display]]]);
    },
    verdict: 'ok',
  },
  {
    id: 'iommu.shared-groups',
    when: 'the group of a card cannot be read',
    change: unreadOfCard('iommuGroup'),
    verdict: 'unknown',
  },
];

testRows(rows);
