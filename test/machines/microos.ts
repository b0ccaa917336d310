import { ivyBridgeDesktop } from './ivy-bridge-desktop.ts';
import type { Machine } from './machine.ts';

/** The Ivy Bridge desktop with an openSUSE whose system is changed by snapshots. */
export const microos: Machine = {
  ...ivyBridgeDesktop,
  title: 'openSUSE MicroOS',
  kernel: '6.16.8-1-default',
  commandLine: 'BOOT_IMAGE=/boot/vmlinuz root=UUID=0 rd.timeout=60 security=selinux',
  iommu: null,
  distribution:
    'NAME="openSUSE MicroOS"\nID="opensuse-microos"\nID_LIKE="suse opensuse opensuse-tumbleweed microos"\nVERSION_ID="20250930"\nPRETTY_NAME="openSUSE MicroOS"',
  pci: ivyBridgeDesktop.pci.map((card) =>
    card.at === '01:00.0' ? { ...card, driver: 'nouveau', modules: ['nouveau'] } : card,
  ),
  files: { '/usr/sbin/transactional-update': '' },
};
