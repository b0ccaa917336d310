/** How the service, or a part of it, comes onto this machine. */
import type { Boot } from '../system/boot.ts';
import { isChangedAsWhole } from '../system/distribution.ts';
import { andAdvice, type Todo } from './check.ts';
import { declaring, isDeclared } from './declaring.ts';
import { shellWord } from './shell-word.ts';

export const installCommand = 'sudo sh /usr/lib/handglass/units/install.sh';

/** All of it. */
export function installing(boot: Boot): Todo {
  return andAdvice(
    whole(boot),
    'Until it is installed, `npx handglass` in the folder of Handglass stands for `handglass`.',
  );
}

export function installingRules(boot: Boot): Todo {
  if (isDeclared(boot)) {
    return declaring(
      'Make units/handglass.rules a package as lib/udev/rules.d/65-handglass.rules, and put that into `services.udev.packages`',
    );
  }
  return {
    remedy: isChangedAsWhole(boot)
      ? 'sudo install -D -m 644 /usr/lib/handglass/units/handglass.rules /etc/udev/rules.d/65-handglass.rules && sudo udevadm control --reload'
      : installCommand,
  };
}

export function installingConfiguration(boot: Boot, path: string): Todo {
  if (isDeclared(boot)) {
    return {
      advice: 'Copy config/handglass.toml of Handglass there, in which every line is explained.',
    };
  }
  return {
    remedy: isChangedAsWhole(boot)
      ? `sudo install -D -m 644 /usr/lib/handglass/config/handglass.toml ${shellWord(path)}`
      : installCommand,
    advice: 'It installs the example, in which every line is explained.',
  };
}

function whole(boot: Boot): Todo {
  if (isDeclared(boot)) {
    return declaring(
      "Declare what units/install.sh puts in place (the command and `systemd.services`, with `libvirtd` in place of the group `libvirt` and the command's own path in place of /usr/bin/handglass; `users.users.handglass`; its rules as one of `services.udev.packages`)",
    );
  }
  if (boot.systemTool === 'transactional-update') {
    return {
      advice:
        'It goes into /usr: put the folder of Handglass, once set up, into /root, and in `sudo transactional-update shell` copy it from there to /usr/lib/handglass and run units/install.sh in it. Then start the machine anew.',
    };
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
