/** What makes the file system that the kernel starts from, and the modules it is told to put there. */
import type { ReadFiles } from '../host/ports.ts';
import { namesIn, unlessGone } from './attributes.ts';
import { kernelSpelling } from './kernel-parameters.ts';
import { printable } from '../printable.ts';

export interface Initramfs {
  generator: 'mkinitcpio' | 'dracut' | 'initramfs-tools' | 'booster' | 'unknown';
  /** Modules that its configuration names, and the file that does. */
  modules: { name: string; file: string }[];
}

export async function initramfsOf(host: ReadFiles): Promise<Initramfs> {
  const etc = new Set(await host.listFolder('/etc'));
  const lib = new Set(await namesIn(host, '/usr/lib'));
  if (etc.has('mkinitcpio.conf')) {
    const modules = await namedIn(
      host,
      ['/etc/mkinitcpio.conf'],
      '/etc/mkinitcpio.conf.d',
      mkinitcpio,
    );
    return { generator: 'mkinitcpio', modules };
  }
  if (etc.has('initramfs-tools')) {
    const modules = await namedIn(host, ['/etc/initramfs-tools/modules'], null, listed);
    return { generator: 'initramfs-tools', modules };
  }
  if (lib.has('dracut') || etc.has('dracut.conf')) {
    const modules = await namedIn(host, ['/etc/dracut.conf'], '/etc/dracut.conf.d', dracut);
    return { generator: 'dracut', modules };
  }
  return { generator: etc.has('booster.yaml') ? 'booster' : 'unknown', modules: [] };
}

async function namedIn(
  host: ReadFiles,
  files: readonly string[],
  folder: string | null,
  modulesIn: (text: string) => string[],
): Promise<Initramfs['modules']> {
  const more = folder === null ? [] : await namesIn(host, folder);
  const all = [
    ...files,
    ...more.filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`),
  ];
  const found = await Promise.all(
    all.map(async (file) => {
      const text = (await unlessGone(host.readText(file))) ?? '';
      return modulesIn(text.replaceAll(/^[ \t]*#.*$/gm, '')).map((name) => ({
        name: kernelSpelling(printable(name)),
        file: printable(file),
      }));
    }),
  );
  return found.flat();
}

/** `MODULES=(vfio_pci vfio)`; before 2018 in quotes. */
function mkinitcpio(text: string): string[] {
  return [...text.matchAll(/^[ \t]*MODULES\+?=[("']([^)"']*)/gm)].flatMap(([, list]) =>
    words(list),
  );
}

/** `force_drivers+=" vfio_pci vfio "`. */
function dracut(text: string): string[] {
  const lists = text.matchAll(/^[ \t]*(?:add|force)_drivers\+?=["']?([^"'\n]*)/gm);
  return [...lists].flatMap(([, list]) => words(list));
}

/** A module at the beginning of each line, its options behind it. */
function listed(text: string): string[] {
  return text.split('\n').flatMap((line) => words(line).slice(0, 1));
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter(Boolean);
}
