/** How modules of the kernel are loaded at the start, and get options. */
import type { Boot } from '../system/boot.ts';
import { isChangedAsWhole, type SystemTool } from '../system/distribution.ts';
import type { Todo } from './check.ts';
import { declaredWords, declaring, declaringForStart, isDeclared } from './declaring.ts';

/** Now and from the next start on. */
export function loading(boot: Boot, module: string): Todo {
  return isDeclared(boot)
    ? declaring(`Put ${declaredWords([module])} into \`boot.kernelModules\``)
    : {
        remedy: `echo ${module} | sudo tee /etc/modules-load.d/${module}.conf && sudo modprobe ${module}`,
      };
}

/** @param command writes the line into a file of modprobe.d */
export function givingOptions(boot: Boot, line: string, command: string): Todo {
  return isDeclared(boot)
    ? declaringForStart(`Put the line \`${line}\` into \`boot.extraModprobeConfig\``)
    : { remedy: `echo '${line}' | ${command}` };
}

/** How vendor-reset comes into the kernel, as a part of a sentence. */
export function vendorResetText(system: { systemTool: SystemTool | null }): string {
  if (isDeclared(system)) {
    return `put \`config.boot.kernelPackages.vendor-reset\` into \`boot.extraModulePackages\` and ${declaredWords(['vendor-reset'])} into \`boot.kernelModules\``;
  }
  return isChangedAsWhole(system)
    ? 'have the module vendor-reset built for this kernel where the system is built'
    : 'load the module vendor-reset';
}

/** A file of modprobe.d, as a person changes it: the next upgrade of the system writes its own anew. */
export function ownRuleFile(file: string): string {
  return file.startsWith('/usr/') ? `a copy of ${file} in /etc/modprobe.d` : file;
}

/** Looking Glass' module, of which the kernel has none or an unfit one. */
export function buildingKvmfr(boot: Boot, elsewhere: Todo): Todo {
  if (isDeclared(boot)) {
    return declaringForStart(
      `Put \`config.boot.kernelPackages.kvmfr\` into \`boot.extraModulePackages\` and ${declaredWords(['kvmfr'])} into \`boot.kernelModules\``,
    );
  }
  return isChangedAsWhole(boot)
    ? {
        advice:
          'Have it built for this kernel where the system is built, from the sources of Looking Glass (module/).',
      }
    : elsewhere;
}
