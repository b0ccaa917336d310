import { allowingInAppArmor } from './apparmor-rules.ts';
import { about, type Check, known, ok, problem, unknown, warning } from './check.ts';
import { isDeclared } from './declaring.ts';
import { groupOfLibvirt } from './group-commands.ts';
import { isAbsent, isBefore } from './libvirt-versions.ts';
import { installCommand } from './packages.ts';
import { qemuConfChecks } from './qemu-conf-checks.ts';
import { groupFinding } from './service-checks.ts';
import { daemonOf, enableCommand, enabling } from './unit-commands.ts';

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
    look: (facts) => {
      const { virtualization, boot } = facts;
      if (isAbsent(virtualization)) return [];
      return known(virtualization, 'sockets', (sockets) => {
        const daemon = daemonOf(virtualization);
        const starting = enabling([`${daemon}.socket`], facts, '--now');
        if (sockets.length === 0) {
          return problem(
            'libvirt does not listen: it is not started.',
            isDeclared(boot)
              ? starting
              : {
                  remedy: [...new Set([daemon, 'virtqemud'])]
                    .map((name) => enableCommand([`${name}.socket`], virtualization, '--now'))
                    .join(' || '),
                },
          );
        }
        // What is masked while it runs leaves its socket behind, at which nobody answers.
        const service = `${daemon}.service`;
        return virtualization.maskedUnits?.includes(service) === true
          ? problem(`${service} is masked, so nothing starts it anew.`, starting)
          : ok(`It listens at ${sockets.join(' and ')}.`);
      });
    },
  },
  {
    id: 'libvirt.boot',
    title: 'Start of libvirt with the machine',
    look: (facts) => {
      const { virtualization } = facts;
      if (isAbsent(virtualization)) return [];
      return known(virtualization, 'enabledUnits', (units) => {
        const starts = units.some((name) => /^(libvirtd|virtqemud)\.(service|socket)$/.test(name));
        return starts
          ? ok('It starts with the machine, or when it is asked.')
          : warning(
              'Neither libvirtd nor virtqemud starts with the machine.',
              enabling([`${daemonOf(virtualization)}.socket`], facts),
            );
      });
    },
  },
  {
    id: 'libvirt.log-daemon',
    title: "Daemon of the domains' logs",
    look: (facts) => {
      if (isAbsent(facts.virtualization)) return [];
      return known(facts.virtualization, 'enabledUnits', (units) =>
        units.some((name) => name.startsWith('virtlogd')) ||
        units.some((name) => /^(libvirtd|virtqemud)\.service$/.test(name))
          ? ok('virtlogd starts when a domain does.')
          : warning(
              'virtlogd is not enabled, which keeps what QEMU says.',
              enabling(['virtlogd.socket'], facts),
            ),
      );
    },
  },
  {
    id: 'libvirt.caller',
    title: 'Your right to manage domains',
    look: (facts) =>
      isAbsent(facts.virtualization)
        ? []
        : groupFinding(facts, groupOfLibvirt(facts.boot), 'manage domains of the system'),
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
            `No firmware with UEFI is known to QEMU (${isDeclared(boot) ? '/var/lib' : '/usr/share'}/qemu/firmware).`,
            installCommand(boot, 'ovmf'),
          );
        }
        const broken = usable.filter(({ isThere }) => !isThere);
        if (broken.length > 0) {
          return broken.map(({ file, executable }) =>
            about(
              file,
              warning(
                `It names ${executable ?? 'a file'} or variables that are not there.`,
                installCommand(boot, 'ovmf'),
              ),
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
  ...qemuConfChecks,
  {
    id: 'libvirt.apparmor',
    title: 'AppArmor and kvmfr',
    look: ({ virtualization, sharedMemory, boot }) => {
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
                : problem(
                    'No rule of AppArmor lets guests open it.',
                    allowingInAppArmor(boot, `${path} rw,`),
                  ),
            ),
          ),
        );
      });
    },
  },
  {
    id: 'libvirt.selinux',
    title: 'SELinux',
    look: ({ virtualization, sharedMemory, boot }) =>
      known(virtualization, 'selinux', (state) => {
        if (state === 'off' && boot.container) {
          return unknown('a container does not see it');
        }
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
