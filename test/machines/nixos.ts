import { gtx970 } from './gtx-970.ts';
import type { Machine } from './machine.ts';

/** The machine with the GTX 970 before anything is set up on it, with NixOS. */
export const nixos: Machine = {
  ...gtx970,
  title: 'NixOS',
  kernel: '6.12.48',
  commandLine:
    'init=/nix/store/0-nixos-system-25.05/init loglevel=4 lsm=landlock,yama,bpf iommu_pt',
  iommu: null,
  distribution:
    'ID=nixos\nID_LIKE=""\nNAME=NixOS\nPRETTY_NAME="NixOS 25.05 (Warbler)"\nVERSION_ID="25.05"',
  pci: gtx970.pci.map((card) =>
    card.at.startsWith('06:')
      ? { ...card, driver: card.at.endsWith('.0') ? 'nouveau' : 'snd_hda_intel' }
      : card,
  ),
  files: { '/run/current-system/sw/bin/virsh': '' },
};
