/** What libvirt's settings for QEMU say, and where they are changed. */
import type { Boot } from '../system/boot.ts';
import type { Virtualization } from '../system/virtualization.ts';
import { type Check, known, ok, problem, type Todo, unknown, warning } from './check.ts';
import { declaring, isDeclared } from './declaring.ts';
import { isAbsent, isBefore } from './libvirt-versions.ts';
import { daemonOf } from './unit-commands.ts';

export const qemuConfChecks: Check[] = [
  {
    id: 'libvirt.firmware-list',
    title: 'Old list of firmware',
    look: ({ virtualization, boot }) => {
      if (isAbsent(virtualization)) return [];
      return known(virtualization, 'libvirtVersion', (version) => {
        if (isBefore(version, [5, 2])) {
          return ok(`libvirt ${version} knows firmware by such a list alone.`);
        }
        return known(virtualization, 'qemuConf', ({ listsFirmware }) =>
          listsFirmware
            ? warning(
                `\`nvram\` in ${placeOfQemuConf(boot)} is the way of libvirt before 5.2, and hides firmware that it does not list.`,
                changing(boot, virtualization, {
                  edits: `sudo sed -i -e '/^ *nvram *=.*]/s/^/#/' -e '/^ *nvram *=/,/]/s/^/#/' ${conf}`,
                  declared: `Take \`nvram\` out of ${option}`,
                }),
              )
            : ok('libvirt chooses firmware by its descriptors.'),
        );
      });
    },
  },
  {
    id: 'libvirt.qemu-user',
    title: "QEMU's user",
    look: ({ virtualization, people, boot }) => {
      if (isAbsent(virtualization)) return [];
      return known(people, 'qemu', (qemu) => {
        if (qemu !== 'absent') {
          return ok(`It is ${qemu.user}, in the groups ${qemu.groups.join(', ')}.`);
        }
        const told = virtualization.qemuConf?.user ?? null;
        if (told === null) {
          return isDeclared(boot) && virtualization.qemuConf !== null
            ? ok(
                'It is root, as NixOS has it unless `virtualisation.libvirtd.qemu.runAsRoot` is false.',
              )
            : unknown('no user of QEMU is known here by its usual names');
        }
        return problem(`${placeOfQemuConf(boot)} lets QEMU run as ${told}, who does not exist.`, {
          advice: "QEMU then runs as libvirt's own choice; or write an existing user there.",
          ...changing(boot, virtualization, {
            edits: `sudo sed -i 's/^[[:space:]]*user[[:space:]]*=/#&/' ${conf}`,
            declared: `Take \`user\` out of ${option}, or name a user who is declared,`,
          }),
        });
      });
    },
  },
  {
    id: 'libvirt.device-acl',
    title: 'Devices that domains may open',
    look: ({ virtualization, sharedMemory, boot, configuration }) => {
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
          `\`cgroup_device_acl\` in ${placeOfQemuConf(boot)} lacks ${missing.join(', ')}.`,
          whole.every((path) => /^[\w/.-]+$/.test(path))
            ? changing(boot, virtualization, listing(whole))
            : { advice: 'Put them into the list by hand: a path in it is no plain one.' },
        );
      });
    },
  },
];

/** As a person finds it. */
export function placeOfQemuConf(boot: Boot): string {
  return isDeclared(boot) ? option : conf;
}

const conf = '/etc/libvirt/qemu.conf';
const option = '`virtualisation.libvirtd.qemu.verbatimConfig`';

/** libvirt reads it when its daemon starts. */
function changing(
  boot: Boot,
  software: Virtualization,
  { edits, declared }: { edits: string; declared: string },
): Todo {
  const daemon = daemonOf(software);
  return isDeclared(boot)
    ? declaring(declared, daemon)
    : { remedy: `${edits} && sudo systemctl restart ${daemon}` };
}

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

/** Takes the list out that may be there, on one line or several, and puts the whole one in. */
function listing(paths: readonly string[]) {
  const setting = `cgroup_device_acl = [ ${paths.map((path) => `"${path}"`).join(', ')} ]`;
  const edits = [
    `sudo sed -i -e '/^ *cgroup_device_acl.*]/d' -e '/^ *cgroup_device_acl/,/]/d' ${conf}`,
    `echo '${setting}' | sudo tee --append ${conf}`,
  ];
  return {
    edits: edits.join(' && '),
    declared: `Put \`${setting}\` into ${option}, with the \`namespaces = []\` that is its default,`,
  };
}
