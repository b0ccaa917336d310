/** How this machine starts, and what has to be told to whom so that it starts otherwise. */
import type { ReadFiles } from '../host/ports.ts';
import { isThere, namesIn, optionalAttribute, unlessGone } from './attributes.ts';
import { readContainer } from './container.ts';
import {
  type Distribution,
  readDistribution,
  type SystemTool,
  systemToolOf,
} from './distribution.ts';
import { initramfsOf, type Initramfs } from './initramfs.ts';
import { type KernelParameter, kernelParameters } from './kernel-parameters.ts';
import { printable } from '../printable.ts';
import { expected, type Unread, unlessUnread } from './unread.ts';

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface Boot {
  distribution: Distribution | null;
  systemTool: SystemTool | null;
  /** What keeps programs apart from the machine itself: `docker`, `chroot`, `other`; empty outside. */
  container: string | null;
  firmware: 'efi' | 'bios' | null;
  /** Whether the firmware starts nothing that is not signed; on BIOS machines it never does. */
  secureBoot: boolean | null;
  /** How far the kernel keeps root from itself. */
  lockdown: 'none' | 'integrity' | 'confidentiality' | null;
  loader: 'grub' | 'systemd-boot' | 'refind' | 'unknown' | null;
  /** What changes the kernel's command line here; `unknown` where a person has to find out. */
  lineTool: LineTool | null;
  /** What the next start will say, by the files that the tools above make it from. */
  nextLine: NextLine[] | null;
  initramfs: Initramfs | null;
  /** /etc/defaults, which is nobody's: the folder is /etc/default. */
  hasDefaultsFolder: boolean | null;
  unread: Unread;
}

export interface NextLine {
  file: string;
  /** Of GRUB's file; empty of a file that is the line. */
  variable: string;
  isQuoted: boolean;
  parameters: KernelParameter[];
}

export type LineTool =
  | 'rpm-ostree'
  | 'bootc'
  | 'nixos'
  | 'abroot'
  | 'sdbootutil'
  | 'transactional-update'
  | 'grubby'
  | 'update-grub'
  | 'grub2-mkconfig'
  | 'grub-mkconfig'
  | 'kernelstub'
  | 'entries'
  | 'unknown';

export async function readBoot(host: ReadFiles): Promise<Boot> {
  const unread: Unread = {};
  const fact = <T>(name: string, reading: () => T | Promise<T>) =>
    unlessUnread(unread, name, reading);
  const distribution = await fact('distribution', () => readDistribution(host));
  const systemTool = await fact('systemTool', () => systemToolOf(host, distribution));
  const container = await fact('container', () => readContainer(host));
  const firmware = await fact('firmware', () => readFirmware(host, container));
  const loader = await fact('loader', () => readLoader(host));
  const lineTool = await fact('lineTool', () =>
    lineToolOf(host, { distribution, systemTool, loader }),
  );
  return {
    distribution,
    systemTool,
    container,
    firmware,
    secureBoot: await fact('secureBoot', async () => {
      if (firmware === null) throw new Error(unread['firmware']);
      return firmware === 'efi' && isSecure(await host.readText(secureBootFile));
    }),
    lockdown: await fact('lockdown', () => readLockdown(host)),
    loader,
    lineTool,
    nextLine: await fact('nextLine', () => nextLine(host, lineTool)),
    initramfs: await fact('initramfs', () => initramfsOf(host)),
    hasDefaultsFolder: await fact('hasDefaultsFolder', () => isThere(host, '/etc/defaults/grub')),
    unread,
  };
}

/** Containers hide it, mostly behind an empty folder, and no EFI there is no BIOS then. */
async function readFirmware(
  host: ReadFiles,
  container: string | null,
): Promise<NonNullable<Boot['firmware']>> {
  if (await isThere(host, '/sys/firmware/efi')) return 'efi';
  const isHidden = (await namesIn(host, '/sys/firmware')).length === 0;
  if (isHidden || container) throw new Error('the firmware is not shown here');
  return 'bios';
}

const globalVariables = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const secureBootFile = `/sys/firmware/efi/efivars/SecureBoot-${globalVariables}`;
const loaderFile = '/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

/** Four bytes of attributes, then the value. */
function isSecure(text: string): boolean {
  const value = text.codePointAt(4);
  if (value !== 0 && value !== 1) throw new Error('unexpected content of SecureBoot');
  return value === 1;
}

async function readLockdown(host: ReadFiles): Promise<Boot['lockdown']> {
  const folder = '/sys/kernel/security';
  const text = await optionalAttribute(host, `${folder}/lockdown`);
  if (text === '') {
    // A kernel can be without it; but a container shows nothing of it.
    if ((await namesIn(host, folder)).length === 0) throw new Error(`${folder} is empty`);
    return 'none';
  }
  return expected(text, /\[(none|integrity|confidentiality)\]/) as Boot['lockdown'];
}

/** A loader may tell its name, in UTF-16; otherwise its files do. */
async function readLoader(host: ReadFiles): Promise<Boot['loader']> {
  const told = (await unlessGone(host.readText(loaderFile)).catch(() => null)) ?? '';
  const name = told.replaceAll('\0', '');
  if (name.includes('systemd-boot')) return 'systemd-boot';
  if (name.includes('GRUB')) return 'grub';
  if (name.includes('rEFInd')) return 'refind';
  const signs = [
    ['/boot/refind_linux.conf', 'refind'],
    ['/boot/grub/grub.cfg', 'grub'],
    ['/boot/grub', 'grub'],
    ['/boot/grub2', 'grub'],
    ['/boot/loader/loader.conf', 'systemd-boot'],
    ['/efi/loader/loader.conf', 'systemd-boot'],
    ['/boot/efi/loader/loader.conf', 'systemd-boot'],
    ['/etc/default/grub', 'grub'],
  ] as const;
  const failures: unknown[] = [];
  for (const [path, loader] of signs) {
    try {
      if (await isThere(host, path)) return loader;
    } catch (error) {
      // /boot is often closed to all but root, and then another sign may be open.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return 'unknown';
}

/** Of systems that change as a whole, by what changes them. */
export const wholeTools: Partial<Record<SystemTool, LineTool>> = {
  'nixos-rebuild': 'nixos',
  'rpm-ostree': 'rpm-ostree',
  bootc: 'bootc',
  abroot: 'abroot',
};

async function lineToolOf(
  host: ReadFiles,
  { distribution, systemTool, loader }: Pick<Boot, 'distribution' | 'systemTool' | 'loader'>,
): Promise<LineTool> {
  const whole = wholeTools[systemTool ?? 'packages'];
  if (whole !== undefined) return whole;
  if (distribution?.family.includes('suse') === true && (await hasEntriesOfSuse(host))) {
    return 'sdbootutil';
  }
  if (systemTool === 'transactional-update') return 'transactional-update';
  // What is there of GRUB's tools is for who builds the system, but on SteamOS.
  if (systemTool === 'unknown' && distribution?.id !== 'steamos') return 'unknown';
  const programs: [LineTool, string[]][] = [
    ['kernelstub', ['kernelstub']],
    ['grubby', ['grubby']],
    // It does not read what GRUB's tools write.
    ...(loader === 'systemd-boot' || loader === 'refind'
      ? []
      : ([
          ['update-grub', ['update-grub']],
          ['grub2-mkconfig', ['grub2-mkconfig']],
          ['grub-mkconfig', ['grub-mkconfig']],
        ] as [LineTool, string[]][])),
  ];
  for (const [tool, names] of programs) {
    for (const name of names) {
      for (const folder of ['/usr/sbin', '/usr/bin']) {
        if (await isThere(host, `${folder}/${name}`)) return tool;
      }
    }
  }
  return loader === 'systemd-boot' ? 'entries' : 'unknown';
}

/** In place of a menu of GRUB's, which its tools would make, boot entries with the words of a file. */
async function hasEntriesOfSuse(host: ReadFiles): Promise<boolean> {
  return (
    (await isThere(host, '/usr/bin/sdbootutil')) && (await isThere(host, '/etc/kernel/cmdline'))
  );
}

const grubVariable = /^[ \t]*(GRUB_CMDLINE_LINUX(?:_DEFAULT)?)=(.*)$/gm;

async function nextLine(host: ReadFiles, lineTool: LineTool | null): Promise<NextLine[]> {
  return lineTool === 'sdbootutil'
    ? plainLines(host, ['/etc/kernel/cmdline', ...(await partsOfSuse(host))])
    : [...(await grubLines(host)), ...(await plainLines(host, ['/etc/kernel/cmdline']))];
}

async function grubLines(host: ReadFiles): Promise<NextLine[]> {
  // The second is Debian's: what stands there is read behind the first.
  const parts = (await namesIn(host, '/etc/default/grub.d')).filter((name) =>
    name.endsWith('.cfg'),
  );
  const files = ['/etc/default/grub', ...parts.map((name) => `/etc/default/grub.d/${name}`)];
  return (await textsOf(host, files)).flatMap(({ file, text }) =>
    [...text.matchAll(grubVariable)].map(([, variable = '', value = '']) => {
      const quoted = /^(["'])(.*)\1$/.exec(value.trim());
      return {
        file: printable(file),
        variable,
        isQuoted: quoted !== null,
        parameters: kernelParameters(printable(quoted?.[2] ?? value)),
      };
    }),
  );
}

/** A file in /etc stands in for one of the same name in /usr; all others are read, those in /etc last. */
async function partsOfSuse(host: ReadFiles): Promise<string[]> {
  const [own = [], given = []] = await Promise.all(
    ['/etc/kernel/cmdline.d', '/usr/kernel/cmdline.d'].map(async (folder) =>
      (await namesIn(host, folder)).filter((name) => !name.startsWith('.')),
    ),
  );
  return [
    ...given.filter((name) => !own.includes(name)).map((name) => `/usr/kernel/cmdline.d/${name}`),
    ...own.map((name) => `/etc/kernel/cmdline.d/${name}`),
  ];
}

/** Of files that are the line, or a part of it. */
async function plainLines(host: ReadFiles, files: readonly string[]): Promise<NextLine[]> {
  return (await textsOf(host, files)).map(({ file, text }) => ({
    file: printable(file),
    variable: '',
    isQuoted: false,
    parameters: kernelParameters(
      printable(
        text
          .replaceAll(/^[ \t]*#.*$/gm, '')
          .trim()
          .replaceAll('\n', ' '),
      ),
    ),
  }));
}

/** Of those that are there. */
async function textsOf(
  host: ReadFiles,
  files: readonly string[],
): Promise<{ file: string; text: string }[]> {
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await unlessGone(host.readText(file)) })),
  );
  return texts.flatMap(({ file, text }) => (text === null ? [] : [{ file, text }]));
}
