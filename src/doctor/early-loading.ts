/** How vfio-pci is loaded before the drivers that the initramfs has too. */
import type { Boot } from '../system/boot.ts';
import type { SystemTool } from '../system/distribution.ts';
import type { Initramfs } from '../system/initramfs.ts';
import type { Todo } from './check.ts';
import { declaredWords, declaringForStart } from './declaring.ts';

/**
 * @param rules files of modprobe.d about it, which the initramfs of an image does not take along by itself
 * @param rivals modules that would take the device otherwise
 */
export function loadEarly(
  boot: Boot,
  rules: readonly string[] = [],
  rivals: readonly string[] = [],
): Todo {
  const how = ways[boot.systemTool ?? 'packages'](boot, rules, rivals);
  if (how === null) {
    return { advice: 'Have the initramfs load vfio_pci before all graphics drivers.' };
  }
  return typeof how === 'string' ? { remedy: how, advice: 'Then start the machine anew.' } : how;
}

const modules = ['vfio_pci', 'vfio', 'vfio_iommu_type1'];

type Names = readonly string[];
type Way = (boot: Boot, rules: Names, rivals: Names) => string | Todo | null;

const ways: Record<SystemTool, Way> = {
  packages: ({ initramfs }, _rules, rivals) =>
    generators[initramfs?.generator ?? 'unknown'](rivals),
  'rpm-ostree': (_boot, rules) =>
    [
      `sudo rpm-ostree initramfs --enable --arg=--force-drivers --arg='${modules.join(' ')}'`,
      ...rules.filter((file) => /^[\w/.-]+$/.test(file)).map((file) => `--arg=-I --arg=${file}`),
    ].join(' '),
  'nixos-rebuild': () =>
    declaringForStart(
      `Put ${declaredWords(modules)} into \`boot.initrd.kernelModules\`, before all graphics drivers,`,
    ),
  unknown: () => null,
};

const generators: Record<Initramfs['generator'], (rivals: Names) => string | null> = {
  mkinitcpio: () =>
    `sudo sed -i 's/^MODULES=(/&${modules.join(' ')} /' /etc/mkinitcpio.conf && sudo mkinitcpio --allpresets`,
  dracut: () =>
    `echo 'force_drivers+=" ${modules.join(' ')} "' | sudo tee --append /etc/dracut.conf.d/vfio.conf && sudo dracut --force --regenerate-all`,
  // It has udev load what fits the devices before what its list names; modprobe keeps to softdep in both.
  'initramfs-tools': (rivals) => {
    const rules = rivals
      .filter((module) => /^[\w-]+$/.test(module))
      .map((module) => `'softdep ${module} pre: vfio-pci' `);
    const order =
      rules.length === 0
        ? ''
        : `printf '%s\\n' ${rules.join('')}| sudo tee --append /etc/modprobe.d/vfio.conf && `;
    return `${order}printf '%s\\n' ${modules.join(' ')} | sudo tee --append /etc/initramfs-tools/modules && sudo update-initramfs -u -k all`;
  },
  booster: () => null,
  unknown: () => null,
};
