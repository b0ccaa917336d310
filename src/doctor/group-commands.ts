/** How a user comes into groups on this machine. */
import type { Boot } from '../system/boot.ts';
import { shellWord } from './shell-word.ts';

/** @param user as a shell takes it */
export function joining({ lineTool }: Boot, groups: readonly string[], user: string): string {
  const join = `sudo usermod --append --groups ${groups.map(shellWord).join(',')} ${user}`;
  // An ostree keeps the groups of packages where usermod does not look.
  const copies = groups.map((group) => {
    const entry = shellWord(`^${group}:`);
    return `grep --quiet ${entry} /etc/group || grep ${entry} /usr/lib/group | sudo tee --append /etc/group`;
  });
  return [...(lineTool === 'rpm-ostree' ? copies : []), join].join(' && ');
}
