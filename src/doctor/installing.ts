/** How the service, or a part of it, comes onto this machine. */
import type { Boot } from '../system/boot.ts';
import { isChangedAsWhole } from '../system/distribution.ts';
import type { Todo } from './check.ts';
import { declaring, isDeclared } from './declaring.ts';

export const installCommand = 'sudo sh /usr/lib/handglass/units/install.sh';

/** All of it. */
export function installing(boot: Boot): Todo {
  if (isDeclared(boot)) {
    return declaring(
      'Declare what units/install.sh puts in place (the command and `systemd.services`, `users.users.handglass`, its rules as one of `services.udev.packages`)',
    );
  }
  return isChangedAsWhole(boot)
    ? {
        advice:
          'It goes into /usr, which this system changes only as a whole: install it into the image that the machine starts from.',
      }
    : {
        remedy: installCommand,
        advice:
          'Where it is not there yet, `sudo cp -dR . /usr/lib/handglass` copies the folder of Handglass, once set up.',
      };
}

export function installingRules(boot: Boot): Todo {
  if (isDeclared(boot)) {
    return declaring(
      'Make units/handglass.rules a package as lib/udev/rules.d/65-handglass.rules, and put that into `services.udev.packages`',
    );
  }
  return { remedy: installCommand };
}

export function installingConfiguration(boot: Boot): Todo {
  if (isDeclared(boot)) {
    return {
      advice: 'Copy config/handglass.toml of Handglass there, in which every line is explained.',
    };
  }
  return {
    remedy: installCommand,
    advice: 'It installs the example, in which every line is explained.',
  };
}
