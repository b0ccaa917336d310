/** Which distribution runs here, and what changes its system files. */
import type { ReadFiles } from '../host/ports.ts';
import { printable } from '../printable.ts';
import { isThere, unlessGone } from './attributes.ts';

export interface Distribution {
  /** `debian`, `fedora`, `arch`. */
  id: string;
  /** What it is like, itself first. */
  family: string[];
  name: string;
  version: string;
}

/**
 * `packages`: packages do, one by one. All others change them as a whole, for the next start; of `unknown` a
 * person has to find out how.
 */
export type SystemTool =
  | 'packages'
  | 'nixos-rebuild'
  | 'rpm-ostree'
  | 'bootc'
  | 'transactional-update'
  | 'abroot'
  | 'unknown';

export function isChangedAsWhole({ systemTool }: { systemTool: SystemTool | null }): boolean {
  return systemTool !== null && systemTool !== 'packages';
}

export async function readDistribution(host: ReadFiles): Promise<Distribution> {
  const text =
    (await unlessGone(host.readText('/etc/os-release'))) ??
    (await host.readText('/usr/lib/os-release'));
  const value = (key: string) =>
    printable(new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(text)?.[1] ?? '');
  const id = value('ID') || 'linux';
  return {
    id,
    family: [id, ...value('ID_LIKE').split(' ')].filter(Boolean),
    name: value('PRETTY_NAME') || `${value('NAME') || id} ${value('VERSION_ID')}`.trim(),
    version: value('VERSION_ID'),
  };
}

export async function systemToolOf(
  host: ReadFiles,
  distribution: Distribution | null,
): Promise<SystemTool> {
  const { id, family } = distribution ?? { id: '', family: [] };
  if (id === 'nixos') return 'nixos-rebuild';
  if (await isThere(host, '/run/ostree-booted')) {
    // Where both are, the first changes this machine alone, and needs no new image for it.
    if (await isThere(host, '/usr/bin/rpm-ostree')) return 'rpm-ostree';
    return (await isThere(host, '/usr/bin/bootc')) ? 'bootc' : 'unknown';
  }
  if (await isThere(host, '/usr/bin/abroot')) return 'abroot';
  // The program may be on an openSUSE whose files can be written, too.
  const isTransactional = family.some((name) => /micro|aeon|kalpa/.test(name));
  if (isTransactional && (await isThere(host, '/usr/sbin/transactional-update'))) {
    return 'transactional-update';
  }
  return isTransactional || others.has(id) ? 'unknown' : 'packages';
}

/** The same of a machine of which nothing is known yet; null where it cannot be read. */
export async function readSystemTool(host: ReadFiles): Promise<SystemTool | null> {
  const distribution = await readDistribution(host).catch(() => null);
  return systemToolOf(host, distribution).catch(() => null);
}

const others: ReadonlySet<string> = new Set([
  'chromeos',
  'chromiumos',
  'endless',
  'flatcar',
  'guix',
  'steamos',
  'ubuntu-core',
  'vanilla',
]);
