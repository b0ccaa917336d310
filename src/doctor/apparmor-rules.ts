/** How AppArmor is told to let guests open more than libvirt's own profiles do. */
import type { Boot } from '../system/boot.ts';
import { andAdvice, type Todo } from './check.ts';
import { declaring, isDeclared } from './declaring.ts';

const folder = 'local/abstractions';
const file = `${folder}/libvirt-qemu`;
const declared = `\`security.apparmor.includes."${file}"\``;

/** @param rule with its comma: `/dev/kvmfr0 rw,` */
export function allowingInAppArmor(boot: Boot, rule: string): Todo {
  return andAdvice(
    isDeclared(boot)
      ? declaring(`Put the line \`${rule}\` into ${declared}`)
      : {
          // Not every package of libvirt brings the folder.
          remedy: `sudo install -d /etc/apparmor.d/${folder} && echo '${rule}' | sudo tee --append /etc/apparmor.d/${file}`,
        },
    'It holds when the domain starts anew.',
  );
}

/** The same of what the log does not name whole. */
export function allowingByHand(boot: Boot): Todo {
  return isDeclared(boot)
    ? declaring(`Allow it in ${declared}`)
    : { advice: `Allow it in /etc/apparmor.d/${file}.` };
}
