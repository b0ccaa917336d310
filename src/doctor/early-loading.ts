/** How vfio-pci is loaded before the drivers that the initramfs has too. */
import type { Boot } from '../system/boot.ts';
import type { SystemTool } from '../system/distribution.ts';
import type { Initramfs } from '../system/initramfs.ts';
import type { Todo } from './check.ts';
import { declaredWords, declaringForStart } from './declaring.ts';
import { thenStart } from './kernel-line.ts';

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
  if (how === null) return { advice: `${byHand}.` };
  return typeof how === 'string' ? { remedy: how, advice: thenStart(boot) } : how;
}

const byHand = 'Have the initramfs load vfio_pci before all graphics drivers';
const modules = ['vfio_pci', 'vfio', 'vfio_iommu_type1'];

type Names = readonly string[];
type Way = (boot: Boot, rules: Names, rivals: Names) => string | Todo | null;

const ways: Record<SystemTool, Way> = {
  // What dracut writes by itself is in none of the entries of sdbootutil.
  packages: ({ initramfs, lineTool }, _rules, rivals) =>
    madeAnew(initramfs, rivals, lineTool === 'sdbootutil' ? 'sudo sdbootutil mkinitrd' : undefined),
  'transactional-update': ({ initramfs }, _rules, rivals) =>
    madeAnew(initramfs, rivals, 'sudo transactional-update initrd'),
  abroot: ({ initramfs }, _rules, rivals) =>
    madeAnew(initramfs, rivals, 'sudo abroot update-initramfs'),
  'rpm-ostree': (_boot, rules) =>
    [
      `sudo rpm-ostree initramfs --enable --arg=--force-drivers --arg='${modules.join(' ')}'`,
      ...rules.filter((file) => /^[\w/.-]+$/.test(file)).map((file) => `--arg=-I --arg=${file}`),
    ].join(' '),
  'nixos-rebuild': () =>
    declaringForStart(
      `Put ${declaredWords(modules)} into \`boot.initrd.kernelModules\`, before all graphics drivers,`,
    ),
  bootc: () => ({
    advice: `${byHand}, where the image of the system is built.`,
  }),
  unknown: () => null,
};

/** @param maker makes the initramfs in place of the generator's own program */
function madeAnew(initramfs: Boot['initramfs'], rivals: Names, maker?: string): string | null {
  return generators[initramfs?.generator ?? 'unknown'](rivals, maker);
}

const generators: Record<
  Initramfs['generator'],
  (rivals: Names, maker: string | undefined) => string | null
> = {
  mkinitcpio: (_rivals, maker = 'sudo mkinitcpio --allpresets') =>
    `sudo sed -i 's/^MODULES=(/&${modules.join(' ')} /' /etc/mkinitcpio.conf && ${maker}`,
  dracut: (_rivals, maker = 'sudo dracut --force --regenerate-all') =>
    `echo 'force_drivers+=" ${modules.join(' ')} "' | sudo tee --append /etc/dracut.conf.d/vfio.conf && ${maker}`,
  // It has udev load what fits the devices before what its list names; modprobe keeps to softdep in both.
  'initramfs-tools': (rivals, maker = 'sudo update-initramfs -u -k all') => {
    const rules = rivals
      .filter((module) => /^[\w-]+$/.test(module))
      .map((module) => `'softdep ${module} pre: vfio-pci' `);
    const order =
      rules.length === 0
        ? ''
        : `printf '%s\\n' ${rules.join('')}| sudo tee --append /etc/modprobe.d/vfio.conf && `;
    return `${order}printf '%s\\n' ${modules.join(' ')} | sudo tee --append /etc/initramfs-tools/modules && ${maker}`;
  },
  booster: () => null,
  unknown: () => null,
};
