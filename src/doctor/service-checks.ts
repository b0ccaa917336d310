import { isChangedAsWhole } from '../system/distribution.ts';
import type { Membership } from '../system/memberships.ts';
import type { GroupFile } from '../system/service-parts.ts';
import { about, andAdvice, type Check, known, ok, problem, unknown, warning } from './check.ts';
import { declaring, isDeclared } from './declaring.ts';
import type { Facts } from './facts.ts';
import { groupOfLibvirt, joining } from './group-commands.ts';
import {
  installCommand,
  installing,
  installingConfiguration,
  installingRules,
} from './installing.ts';
import { shellWord } from './shell-word.ts';
import { enabling } from './unit-commands.ts';

export const serviceChecks: Check[] = [
  {
    id: 'service.configuration',
    title: 'Configuration',
    look: ({ configuration: { path, state, problem: text }, service, boot }) => {
      if (state === 'read') return ok(`${path} is right as it stands.`);
      if (state === 'absent') {
        if (service.hasUnits === false) return [];
        return warning(
          `There is no ${path}, so nothing is handed over.`,
          installingConfiguration(boot, path),
        );
      }
      const lines = text.split('\n').map((line) => line.replace(/\.$/, '').concat('.'));
      return lines.map((line, index) =>
        problem(
          line,
          index === lines.length - 1
            ? { remedy: `handglass config check ${shellWord(path)}` }
            : { advice: '' },
        ),
      );
    },
  },
  {
    id: 'service.units',
    title: 'Installation',
    look: ({ service, boot }) =>
      known(service, 'hasUnits', (isThere) =>
        isThere
          ? ok('The units are installed.')
          : warning('The service is not installed.', installing(boot)),
      ),
  },
  {
    id: 'service.running',
    title: 'Service',
    look: (facts) => {
      if (facts.service.hasUnits === false) return [];
      return known(facts.service, 'hasSocket', (isThere) =>
        isThere
          ? ok('Its socket is there.')
          : warning('The service does not run.', enabling(units, facts, '--now')),
      );
    },
  },
  {
    id: 'service.restart',
    title: "Guests' keyboard and mouse at a restart",
    look: ({ service, boot }) => {
      if (service.hasSocket !== true) return [];
      return known(service, 'isUnderSystemd', (isKept) =>
        isKept
          ? ok('systemd keeps them while the service is started anew.')
          : warning(
              'The service runs without systemd, so they go when it ends: QEMU drops them for good, and the domains must be started anew.',
              {
                advice: `End it, and then: \`sudo systemctl ${isDeclared(boot) ? 'start' : 'enable --now'} handglass-shm handglass\`.`,
              },
            ),
      );
    },
  },
  {
    id: 'service.boot',
    title: 'Start with the machine',
    look: (facts) => {
      if (facts.service.hasUnits !== true) return [];
      return known(facts.virtualization, 'enabledUnits', (enabled) => {
        const missing = units
          .map((name) => `${name}.service`)
          .filter((name) => !enabled.includes(name));
        return missing.length === 0
          ? ok('It starts with the machine.')
          : warning(
              `${missing.join(' and ')} does not start with the machine.`,
              enabling(units, facts),
            );
      });
    },
  },
  {
    id: 'service.udev-rules',
    title: 'Rules for udev',
    look: ({ service, boot }) => {
      if (service.hasUnits === false) return [];
      return known(service, 'hasUdevRules', (isThere) =>
        isThere
          ? ok('They are installed.')
          : problem(
              'The rules for udev are missing, so the service may make no input devices.',
              installingRules(boot),
            ),
      );
    },
  },
  {
    id: 'service.user',
    title: "The service's user",
    look: ({ service, people, boot }) => {
      if (service.hasUnits === false) return [];
      return known(people, 'service', (user) => {
        if (user === 'absent') {
          return problem(
            'There is no user handglass, as whom the service runs.',
            isDeclared(boot)
              ? declaring(
                  'Declare `users.users.handglass`, as a system user with a group of its own,',
                )
              : { remedy: 'sudo systemd-sysusers handglass.conf' },
          );
        }
        const missing = ['input', 'kvm', groupOfLibvirt(boot)].filter(
          (group) => !user.groups.includes(group),
        );
        // The unit brings these groups along where they exist.
        return missing.length === 0
          ? ok(`It is in ${user.groups.join(', ')}.`)
          : warning(
              `The user handglass is not in the group ${missing.join(' and ')}.`,
              andAdvice(
                joining(boot, missing, 'handglass'),
                'Then restart the service: `sudo systemctl restart handglass`.',
              ),
            );
      });
    },
  },
  {
    id: 'service.caller',
    title: 'Your right to talk to the service',
    look: (facts) =>
      facts.service.hasUnits === false
        ? []
        : groupFinding(facts, 'handglass', 'talk to the service'),
  },
  {
    id: 'service.uinput',
    title: 'Right to make input devices',
    look: ({ service, people, kernel, boot }) => {
      if (service.hasUnits === false) return [];
      return known(service, 'uinput', (node) => {
        if (node === 'absent') {
          if (kernel.modules['uinput'] === 'absent') return [];
          return problem('There is no /dev/uinput.', { remedy: 'sudo modprobe uinput' });
        }
        const may = mayUse(node, 0o6, people);
        if (may === null) return unknown(people.unread['service'] ?? 'nobody tells');
        if (may) return ok('The service may open /dev/uinput.');
        if (people.service === 'absent') return [];
        return problem('The service may not open /dev/uinput, so no guest gets a keyboard.', {
          // The service opens it but once.
          remedy:
            'sudo udevadm trigger --settle --sysname-match=uinput && sudo systemctl try-restart handglass',
          advice: isChangedAsWhole(boot)
            ? 'Where that changes nothing, the rules for udev are old ones.'
            : `Where that changes nothing, install the rules: \`${installCommand}\`.`,
        });
      });
    },
  },
  {
    id: 'service.drivers-probe',
    title: 'Right to give USB devices their drivers back',
    look: ({ service, people }) => {
      if (service.hasUnits === false) return [];
      return known(service, 'driversProbe', (file) => {
        if (file === 'absent') return [];
        const may = mayUse(file, 0o2, people);
        if (may === null) return unknown(people.unread['service'] ?? 'nobody tells');
        return may
          ? ok('The service may write to drivers_probe.')
          : warning(
              'The service may not have the kernel look for drivers again, which a USB device needs after a killed guest.',
              {
                remedy: "sudo udevadm trigger --settle --sysname-match='usb*'",
              },
            );
      });
    },
  },
  {
    id: 'service.logout',
    title: 'Shared memory at logout',
    look: ({ service, sharedMemory, boot }) => {
      if (service.hasUnits === false && sharedMemory.length === 0) return [];
      return known(service, 'keepsSharedMemory', (keeps) =>
        keeps
          ? ok('logind leaves it alone.')
          : warning(
              'logind removes shared memory when its owner logs out, from under a running guest too.',
              isDeclared(boot)
                ? andAdvice(
                    declaring(
                      'Set `environment.etc."systemd/logind.conf.d/handglass.conf".text = "[Login]\\nRemoveIPC=no\\n";`',
                    ),
                    'It holds from the next start on.',
                  )
                : {
                    remedy:
                      "printf '[Login]\\nRemoveIPC=no\\n' | sudo install -D -m 644 /dev/stdin /etc/systemd/logind.conf.d/handglass.conf && sudo systemctl kill --signal=HUP systemd-logind",
                  },
            ),
      );
    },
  },
];

const units = ['handglass-shm', 'handglass'];

/**
 * Whether the service's user has these rights of a file, by its own group, by another or as everybody;
 * null where that hangs on groups that are not known.
 */
function mayUse(file: GroupFile, rights: number, { service }: Facts['people']): boolean | null {
  const has = (bits: number) => (file.mode & bits) === bits;
  if (has(rights)) return true;
  if (!has(rights << 3)) return false;
  if (file.group === 'handglass') return true;
  if (service === null) return null;
  return service !== 'absent' && service.groups.includes(file.group);
}

/** Whether the caller is in a group, by the login or at least by the next one. */
export function groupFinding(
  { people, boot }: Pick<Facts, 'people' | 'boot'>,
  group: string,
  what: string,
) {
  return known(people, 'caller', (caller) => {
    if (caller.uid === 0) return ok('Root may.');
    if (caller.groups.includes(group)) return ok(`You are in the group ${group}.`);
    const { callerAnew } = people;
    if (callerAnew === null) return unknown(people.unread['callerAnew'] ?? 'nobody tells');
    const isNew = callerAnew !== 'absent' && callerAnew.groups.includes(group);
    return about(
      caller.user,
      isNew
        ? warning(
            `You were put into the group ${group} after you logged in, so you cannot ${what} yet.`,
            {
              advice: 'Log out and in again; no command does it for a whole desktop.',
            },
          )
        : warning(
            `You are not in the group ${group}, so you cannot ${what} without root.`,
            andAdvice(joining(boot, [group], nameOf(caller)), 'Then log in again.'),
          ),
    );
  });
}

function nameOf({ user }: Membership): string {
  return /^[\w.-]+$/.test(user) ? user : '"$USER"';
}
