/** How a package is installed here. */
import type { Boot } from '../system/boot.ts';
import { andAdvice, type Todo } from './check.ts';
import { declaring } from './declaring.ts';

type Software = 'qemu' | 'libvirt' | 'ovmf';

/** By the families of distributions in os-release. */
const managers: readonly [string, string, Record<Software, string>][] = [
  [
    'debian',
    'sudo apt install',
    {
      qemu: 'qemu-system-x86',
      libvirt: 'libvirt-daemon-system libvirt-clients',
      ovmf: 'ovmf',
    },
  ],
  [
    'fedora',
    'sudo dnf install',
    { qemu: 'qemu-kvm', libvirt: 'libvirt-daemon-kvm libvirt-client', ovmf: 'edk2-ovmf' },
  ],
  ['rhel', 'sudo dnf install', { qemu: 'qemu-kvm', libvirt: 'libvirt', ovmf: 'edk2-ovmf' }],
  ['arch', 'sudo pacman -S', { qemu: 'qemu-desktop', libvirt: 'libvirt', ovmf: 'edk2-ovmf' }],
  [
    'suse',
    'sudo zypper install',
    { qemu: 'qemu-x86', libvirt: 'libvirt', ovmf: 'qemu-ovmf-x86_64' },
  ],
  [
    'gentoo',
    'sudo emerge',
    { qemu: 'app-emulation/qemu', libvirt: 'app-emulation/libvirt', ovmf: 'sys-firmware/edk2-bin' },
  ],
];

export function installCommand({ distribution, systemTool }: Boot, software: Software): Todo {
  const byHand = { advice: `Install it by the distribution's own means (${software}).` };
  if (systemTool === 'nixos-rebuild') {
    const enabling = declaring('Set `virtualisation.libvirtd.enable = true;`');
    return software === 'ovmf'
      ? andAdvice(enabling, 'Where that is so, a newer NixOS lists its firmware by itself.')
      : enabling;
  }
  if (systemTool === 'rpm-ostree') {
    return {
      remedy: `sudo rpm-ostree install ${managers[1]?.[2][software]}`,
      advice: 'Then start the machine anew.',
    };
  }
  if (systemTool === 'unknown') return byHand;
  const manager = managers.find(([family]) => distribution?.family.includes(family) === true);
  return manager === undefined ? byHand : { remedy: `${manager[1]} ${manager[2][software]}` };
}
