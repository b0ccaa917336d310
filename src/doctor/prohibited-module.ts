import type { Todo } from './check.ts';
import { declaringForStart, isDeclared } from './declaring.ts';
import type { Facts } from './facts.ts';
import { changeLine } from './kernel-line.ts';
import { ownRuleFile } from './module-commands.ts';

export interface Prohibition {
  /** A word of the kernel's command line, or a file of modprobe.d. */
  by: string;
  todo: Todo;
}

/**
 * What keeps libvirt from loading a module: it asks modprobe to go by the blacklist, and takes what is not loaded
 * then for prohibited.
 *
 * @param module with underscores
 */
export function prohibitionOf(
  { kernel, boot }: Pick<Facts, 'kernel' | 'boot'>,
  module: string,
): Prohibition | null {
  const word = (kernel.parameters ?? []).find(
    ({ name, value }) =>
      ['modprobe.blacklist', 'module_blacklist'].includes(name) && namesIn(value).includes(module),
  );
  if (word !== undefined) {
    const others = (word.value ?? '').split(',').filter((name) => spelled(name) !== module);
    const rest = others.length === 0 ? [] : [`${word.name}=${others.join(',')}`];
    return { by: `\`${word.text}\``, todo: changeLine(boot, { remove: [word.text], add: rest }) };
  }
  const rule = kernel.moduleRules?.find(
    (each) =>
      each.module === module &&
      (each.kind === 'blacklist' ||
        (each.kind === 'install' && /^(\/usr)?\/bin\/(false|true)\b/.test(each.text))),
  );
  if (rule === undefined) return null;
  return { by: rule.file, todo: isDeclared(boot) ? undeclaring : takingOut(rule.file, module) };
}

function takingOut(file: string, module: string): Todo {
  if (ownRuleFile(file) !== file) return { advice: `Take it out of ${ownRuleFile(file)}.` };
  const name = module.replaceAll('_', '[-_]');
  return {
    remedy: `sudo sed --in-place --regexp-extended '/^\\s*(blacklist|install)\\s+${name}\\b/d' ${file}`,
  };
}

const undeclaring = declaringForStart('Take it out of `boot.blacklistedKernelModules`');

function namesIn(value: string | null): string[] {
  return (value ?? '').split(',').map(spelled);
}

function spelled(name: string): string {
  return name.replaceAll('-', '_');
}
