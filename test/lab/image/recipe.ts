/** What makes the virtual host's disk. Everything here is part of the image's name. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Step {
  /** What a user reads while it runs. */
  title: string;
  command: string;
  args: string[];
}

const here = import.meta.dirname;
const suite = 'bookworm';
const left = ['man', 'doc', 'info', 'locale'];

/** The programs that make `disk`, `vmlinux` and `initrd` in a folder, in their order. */
export async function recipe(folder: string, scripts = here): Promise<Step[]> {
  const packages = (await readFile(join(here, 'packages'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const disk = join(folder, 'disk');
  return [
    {
      title: 'choosing packages',
      command: 'mmdebstrap',
      args: [
        '--format=ext2',
        '--variant=minbase',
        `--include=${packages.join(',')}`,
        '--aptopt=APT::Install-Recommends "false"',
        ...left.map((each) => `--dpkgopt=path-exclude=/usr/share/${each}/*`),
        `--customize-hook=upload ${quoted(join(scripts, 'initramfs'))} /tmp/initramfs`,
        `--customize-hook=upload ${quoted(join(scripts, 'customize.sh'))} /tmp/customize.sh`,
        '--customize-hook=chroot "$1" sh /tmp/customize.sh',
        `--customize-hook=download /boot/vmlinux ${quoted(join(folder, 'vmlinux'))}`,
        `--customize-hook=download /boot/initrd ${quoted(join(folder, 'initrd'))}`,
        suite,
        disk,
      ],
    },
    { title: 'giving the disk room', command: 'resize2fs', args: [disk, '3G'] },
    {
      title: 'giving the disk a journal',
      command: 'tune2fs',
      args: ['-O', 'extents,has_journal', '-L', 'handglass', disk],
    },
  ];
}

/** What mmdebstrap does, by how the lines begin in which it says so. */
export const mmdebstrapSteps: Record<string, string> = {
  'I: running apt-get update': 'fetching the list of packages',
  'I: downloading packages': 'fetching packages',
  'I: extracting archives': 'unpacking',
  'I: installing essential packages': 'installing the essential packages',
  'I: installing remaining packages': 'installing the other packages',
  'I: running --customize-hook': 'making the initramfs',
  'I: creating tarball': 'writing the disk',
};

/** For the shell in which mmdebstrap runs its hooks. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
