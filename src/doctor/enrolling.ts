/** How the kernel comes to take modules that are not of the distribution while Secure Boot is on. */
import type { Boot } from '../system/boot.ts';
import { isChangedAsWhole } from '../system/distribution.ts';
import type { Todo } from './check.ts';
import { declaringForStart, isDeclared } from './declaring.ts';

export function enrolling(boot: Boot): Todo {
  if (isDeclared(boot)) {
    return declaringForStart(
      'NixOS signs no modules: take `lockdown` and `module.sig_enforce` out of `boot.kernelParams`',
    );
  }
  if (isChangedAsWhole(boot)) {
    return {
      advice: `Who builds modules into this system has the key that they are signed with: \`sudo mokutil --import\` takes its file. ${then}`,
    };
  }
  // Its dkms signs with the key that its boot loader made.
  const isLikeUbuntu = boot.distribution?.family.includes('ubuntu') === true;
  const key = isLikeUbuntu ? '/var/lib/shim-signed/mok/MOK.der' : '/var/lib/dkms/mok.pub';
  return { remedy: `sudo mokutil --import ${key}`, advice: then };
}

const then = 'Then start the machine anew and enrol the key where it asks.';
