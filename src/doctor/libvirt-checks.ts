import { about, type Check, known, ok, problem, unknown, warning } from './check.ts';
import type { Facts } from './facts.ts';
import { installCommand } from './packages.ts';
import { groupFinding } from './service-checks.ts';
import { daemonOf, enabling } from './unit-commands.ts';

export const libvirtChecks: Check[] = [
  {
    id: 'qemu.version',
    title: 'QEMU',
    look: ({ virtualization, boot }) =>
      known(virtualization, 'qemuVersion', (version) => {
        if (version === '') {
          return problem('QEMU is not installed.', installCommand(boot, 'qemu'));
        }
        return isBefore(version, [6, 2])
          ? warning(
              `QEMU ${version} is from before 6.2, in which devices can be told as JSON, as kvmfr needs.`,
              {
                advice: 'Use a newer one where the distribution has it.',
              },
            )
          : ok(`It is QEMU ${version}.`);
      }),
  },
  {
    id: 'libvirt.version',
    title: 'libvirt',
    look: ({ virtualization, boot, configuration }) =>
      known(virtualization, 'libvirtVersion', (version) => {
        if (version === '') {
          const isNeeded = (configuration.config?.seats ?? []).some(({ domains }) =>
            domains.some((name) => !configuration.config?.qemu.some((each) => each.name === name)),
          );
          if (!isNeeded && (configuration.config?.qemu.length ?? 0) > 0) {
            return ok('It is not installed, and no domain of the configuration is in it.');
          }
          const finding = isNeeded ? problem : warning;
          return finding(
            'libvirt is not installed, or has no virsh.',
            installCommand(boot, 'libvirt'),
          );
        }
        return isBefore(version, [7, 6])
          ? problem(
              `libvirt ${version} cannot give a domain keyboard and mouse as libvirt from 7.6 on does.`,
              {
                advice: 'Use a newer one; USB devices go with this one too.',
              },
            )
          : ok(`It is libvirt ${version}.`);
      }),
  },
  {
    id: 'libvirt.socket',
    title: 'Sockets of libvirt',
    look: ({ virtualization }) => {
      if (isAbsent(virtualization)) return [];
      return known(virtualization, 'sockets', (sockets) => {
        const daemon = daemonOf(virtualization);
        if (sockets.length === 0) {
          return problem('libvirt does not listen: it is not started.', {
            remedy: [...new Set([daemon, 'virtqemud'])]
              .map((name) => enabling([`${name}.socket`], virtualization, '--now'))
              .join(' || '),
          });
        }
        // What is masked while it runs leaves its socket behind, at which nobody answers.
        const service = `${daemon}.service`;
        return virtualization.maskedUnits?.includes(service) === true
          ? problem(`${service} is masked, so nothing starts it anew.`, {
              remedy: enabling([`${daemon}.socket`], virtualization, '--now'),
            })
          : ok(`It listens at ${sockets.join(' and ')}.`);
      });
    },
  },
  {
    id: 'libvirt.boot',
    title: 'Start of libvirt with the machine',
    look: ({ virtualization }) => {
      if (isAbsent(virtualization)) return [];
      return known(virtualization, 'enabledUnits', (units) => {
        const starts = units.some((name) => /^(libvirtd|virtqemud)\.(service|socket)$/.test(name));
        return starts
          ? ok('It starts with the machine, or when it is asked.')
          : warning('Neither libvirtd nor virtqemud starts with the machine.', {
              remedy: enabling([`${daemonOf(virtualization)}.socket`], virtualization),
            });
      });
    },
  },
  {
    id: 'libvirt.log-daemon',
    title: "Daemon of the domains' logs",
    look: ({ virtualization }) => {
      if (isAbsent(virtualization)) return [];
      return known(virtualization, 'enabledUnits', (units) =>
        units.some((name) => name.startsWith('virtlogd')) ||
        units.some((name) => /^(libvirtd|virtqemud)\.service$/.test(name))
          ? ok('virtlogd starts when a domain does.')
          : warning('virtlogd is not enabled, which keeps what QEMU says.', {
              remedy: enabling(['virtlogd.socket'], virtualization),
            }),
      );
    },
  },
  {
    id: 'libvirt.caller',
    title: 'Your right to manage domains',
    look: (facts) =>
      isAbsent(facts.virtualization)
        ? []
        : groupFinding(facts, 'libvirt', 'manage domains of the system'),
  },
  {
    id: 'libvirt.firmware',
    title: 'UEFI for guests',
    look: ({ virtualization, boot }) =>
      known(virtualization, 'firmware', (firmware) => {
        const usable = firmware.filter(
          ({ isUefi, architectures }) => isUefi && architectures.includes('x86_64'),
        );
        if (usable.length === 0) {
          return warning(
            'No firmware with UEFI is known to QEMU (/usr/share/qemu/firmware).',
            installCommand(boot, 'ovmf'),
          );
        }
        const broken = usable.filter(({ isThere }) => !isThere);
        if (broken.length > 0) {
          return broken.map(({ file, executable }) =>
            about(
              file,
              warning(`It names ${executable ?? 'a file'} or variables that are not there.`, {
                ...installCommand(boot, 'ovmf'),
              }),
            ),
          );
        }
        const plain = usable.filter(({ hasSecureBoot }) => !hasSecureBoot);
        return ok(
          plain.length === 0
            ? `All ${usable.length} kinds are for Secure Boot.`
            : `There are ${usable.length} kinds, ${plain.length} of them without Secure Boot.`,
        );
      }),
  },
  {
    id: 'libvirt.firmware-list',
    title: 'Old list of firmware',
    look: ({ virtualization }) => {
      if (isAbsent(virtualization)) return [];
      return known(virtualization, 'libvirtVersion', (version) => {
        if (isBefore(version, [5, 2])) {
          return ok(`libvirt ${version} knows firmware by such a list alone.`);
        }
        return known(virtualization, 'qemuConf', ({ listsFirmware }) =>
          listsFirmware
            ? warning(
                '`nvram` in /etc/libvirt/qemu.conf is the way of libvirt before 5.2, and hides firmware that it does not list.',
                {
                  remedy: `sudo sed -i -e '/^ *nvram *=.*]/s/^/#/' -e '/^ *nvram *=/,/]/s/^/#/' ${conf} && sudo systemctl restart ${daemonOf(virtualization)}`,
                },
              )
            : ok('libvirt chooses firmware by its descriptors.'),
        );
      });
    },
  },
  {
    id: 'libvirt.qemu-user',
    title: "QEMU's user",
    look: ({ virtualization, people }) => {
      if (isAbsent(virtualization)) return [];
      return known(people, 'qemu', (qemu) => {
        const told = virtualization.qemuConf?.user;
        if (qemu === 'absent') {
          return told === null || told === undefined
            ? unknown('no user of QEMU is known here by its usual names')
            : problem(`${conf} lets QEMU run as ${told}, who does not exist.`, {
                remedy: `sudo sed -i 's/^[[:space:]]*user[[:space:]]*=/#&/' ${conf} && sudo systemctl restart ${daemonOf(virtualization)}`,
                advice: "QEMU then runs as libvirt's own choice; or write an existing user there.",
              });
        }
        return ok(`It is ${qemu.user}, in the groups ${qemu.groups.join(', ')}.`);
      });
    },
  },
  {
    id: 'libvirt.device-acl',
    title: 'Devices that domains may open',
    look: ({ virtualization, sharedMemory, configuration }) => {
      if (isAbsent(virtualization)) return [];
      const kvmfr = sharedMemory
        .map(({ entry }) => entry.path)
        .filter((path) => path.startsWith('/dev/kvmfr'));
      return known(virtualization, 'qemuConf', ({ deviceAcl }) => {
        const missing = [...(deviceAcl === null ? [] : stockDevices), ...kvmfr].filter(
          (path) => deviceAcl?.includes(path) !== true,
        );
        if (missing.length === 0) {
          if (configuration.state === 'wrong') {
            return unknown('the configuration is not read, which may name a device of kvmfr');
          }
          return ok(deviceAcl === null ? 'It is as libvirt has it.' : 'It has all that is needed.');
        }
        const whole = [...new Set([...stockDevices, ...(deviceAcl ?? []), ...kvmfr])];
        return problem(
          `\`cgroup_device_acl\` in ${conf} lacks ${missing.join(', ')}.`,
          whole.every((path) => /^[\w/.-]+$/.test(path))
            ? { remedy: aclCommand(whole, virtualization) }
            : { advice: 'Put them into the list by hand: a path in it is no plain one.' },
        );
      });
    },
  },
  {
    id: 'libvirt.apparmor',
    title: 'AppArmor and kvmfr',
    look: ({ virtualization, sharedMemory }) => {
      const paths = sharedMemory
        .map(({ entry }) => entry.path)
        .filter((path) => path.startsWith('/dev/kvmfr'));
      if (paths.length === 0) return [];
      return known(virtualization, 'apparmor', (state) => {
        if (state === 'off') return ok('AppArmor is off.');
        return known(virtualization, 'apparmorRules', (rules) =>
          paths.map((path) =>
            about(
              path,
              rules.includes('/dev/kvmfr')
                ? ok('A rule lets guests open it.')
                : problem('No rule of AppArmor lets guests open it.', {
                    remedy: `echo '${path} rw,' | sudo tee --append /etc/apparmor.d/local/abstractions/libvirt-qemu`,
                    advice: 'It holds when the domain starts anew.',
                  }),
            ),
          ),
        );
      });
    },
  },
  {
    id: 'libvirt.selinux',
    title: 'SELinux',
    look: ({ virtualization, sharedMemory }) =>
      known(virtualization, 'selinux', (state) => {
        if (state !== 'enforcing') return ok(state === 'off' ? 'It is off.' : 'It only warns.');
        const files = sharedMemory.filter(({ entry }) => entry.path.startsWith('/dev/shm/'));
        return ok(
          files.length === 0
            ? 'It keeps guests in check.'
            : 'It keeps guests in check: what it denied stands in the log.',
        );
      }),
  },
  {
    id: 'libvirt.domains',
    title: 'Domains',
    look: ({ libvirt, virtualization }) => {
      if (isAbsent(virtualization)) return [];
      return known(libvirt, 'domains', (domains) =>
        ok(domains.length === 0 ? 'There are none.' : `There are ${domains.length} domains.`),
      );
    },
  },
];

/** What every build of libvirt has in its own list. */
const stockDevices = [
  '/dev/null',
  '/dev/full',
  '/dev/zero',
  '/dev/random',
  '/dev/urandom',
  '/dev/ptmx',
  '/dev/kvm',
];

/** Where virsh does not say whether it is there, a socket does. */
function isAbsent({ libvirtVersion, sockets }: Facts['virtualization']): boolean {
  return libvirtVersion === '' || (libvirtVersion === null && sockets?.length === 0);
}

const conf = '/etc/libvirt/qemu.conf';

/** Takes the list out that may be there, on one line or several, and puts the whole one in. */
function aclCommand(paths: readonly string[], software: Facts['virtualization']): string {
  const list = paths.map((path) => `"${path}"`).join(', ');
  return [
    `sudo sed -i -e '/^ *cgroup_device_acl.*]/d' -e '/^ *cgroup_device_acl/,/]/d' ${conf}`,
    `echo 'cgroup_device_acl = [ ${list} ]' | sudo tee --append ${conf}`,
    `sudo systemctl restart ${daemonOf(software)}`,
  ].join(' && ');
}

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [own = 0, second = 0] = version.split('.').map(Number);
  return own < major || (own === major && second < minor);
}
