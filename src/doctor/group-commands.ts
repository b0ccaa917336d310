/** How a user comes into groups on this machine. */
import type { Boot } from '../system/boot.ts';
import type { Todo } from './check.ts';
import { declaredWords, declaring, isDeclared } from './declaring.ts';
import { shellWord } from './shell-word.ts';

/** @param user as a shell takes it */
export function joining(boot: Boot, groups: readonly string[], user: string): Todo {
  if (isDeclared(boot)) {
    const name = /^[\w-]+$/.test(user) ? user : 'NAME';
    return declaring(`Put ${declaredWords(groups)} into \`users.users.${name}.extraGroups\``);
  }
  const join = `sudo usermod --append --groups ${groups.map(shellWord).join(',')} ${user}`;
  // An ostree keeps the groups of packages where usermod does not look.
  const isOstree = boot.systemTool === 'rpm-ostree' || boot.systemTool === 'bootc';
  const copies = groups.map((group) => {
    const entry = shellWord(`^${group}:`);
    return `grep --quiet ${entry} /etc/group || grep ${entry} /usr/lib/group | sudo tee --append /etc/group`;
  });
  return { remedy: [...(isOstree ? copies : []), join].join(' && ') };
}

/** The group whose users may manage libvirt's domains of the system. */
export function groupOfLibvirt(boot: Boot): string {
  return isDeclared(boot) ? 'libvirtd' : 'libvirt';
}
