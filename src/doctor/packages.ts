/** How a package is installed here. */
import type { Boot } from '../system/boot.ts';
import type { SystemTool } from '../system/distribution.ts';
import { andAdvice, type Todo } from './check.ts';
import { declaring } from './declaring.ts';
import { thenStart } from './kernel-line.ts';

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

export function installCommand(boot: Boot, software: Software): Todo {
  const { systemTool } = boot;
  const byHand = { advice: `Install it by the distribution's own means (${software}).` };
  const whole = wholeInstalls[systemTool ?? 'packages'];
  if (whole !== undefined) return whole(boot, software);
  if (systemTool === 'unknown') return byHand;
  const manager = managerOf(boot);
  return manager === undefined ? byHand : { remedy: `${manager[1]} ${manager[2][software]}` };
}

function managerOf({ distribution }: Boot) {
  return managers.find(([family]) => distribution?.family.includes(family) === true);
}

const wholeInstalls: Partial<Record<SystemTool, (boot: Boot, software: Software) => Todo>> = {
  'nixos-rebuild': (_boot, software) => {
    const enabling = declaring('Set `virtualisation.libvirtd.enable = true;`');
    return software === 'ovmf'
      ? andAdvice(enabling, 'Where that is so, a newer NixOS lists its firmware by itself.')
      : enabling;
  },
  'rpm-ostree': (boot, software) => ({
    remedy: `sudo rpm-ostree install ${namesIn('fedora', software)}`,
    advice: thenStart(boot),
  }),
  bootc: (boot, software) => ({
    advice: `Have ${managerOf(boot)?.[2][software] ?? software} installed where the image of the system is built, run \`sudo bootc upgrade\` once it is, and start the machine anew.`,
  }),
  'transactional-update': (boot, software) => ({
    remedy: `sudo transactional-update pkg install ${namesIn('suse', software)}`,
    advice: thenStart(boot),
  }),
  abroot: (boot, software) => ({
    remedy: `sudo abroot pkg add ${namesIn('debian', software)} && sudo abroot pkg apply`,
    advice: thenStart(boot),
  }),
};

function namesIn(family: string, software: Software): string {
  return managers.find(([name]) => name === family)?.[2][software] ?? software;
}
