/** What a machine runs, for looks at more of it than its devices: as files, and as answers of programs. */
import { chmod, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { HandglassError } from '../../src/errors.ts';
import type { OpenFiles, ReadFiles, Run, RunResult } from '../../src/host/ports.ts';
import type { Virsh } from '../../src/libvirt/virsh.ts';
import { knownModules } from '../../src/doctor/kernel-modules.ts';
import type { Sysfs } from '../system/sysfs.ts';
import { buildMachine } from './build.ts';
import type { Machine } from './machine.ts';
import { virsh } from './parts.ts';

export interface Software {
  /** Who looks: a user sees neither the log nor qemu.conf. */
  as: 'root' | 'alice';
  /** Alice's groups; her own aside. */
  groups?: string[];
  firmware: 'efi' | 'bios';
  /** Names with underscores; the other known ones can be loaded, unless they are absent. */
  builtIn?: string[];
  absent?: string[];
  governor?: string;
  frequencyDriver?: string;
  /** Empty texts: not installed. */
  qemu: string;
  libvirt: string;
  /** Who QEMU runs as under libvirt; Debian's unless told. */
  qemuUser?: string;
  /** Lines of the kernel and of libvirt behind the first. */
  log?: string[];
  /** By name; those that run have an id in their XML. */
  domains?: Record<string, string>;
  /** Whether Handglass is installed and runs. */
  hasService?: boolean;
  configuration?: string;
  /** Anything else, by path. */
  files?: Record<string, string>;
  /** Bytes of files that are large, by path. */
  sizes?: Record<string, number>;
}

export interface LookedAt extends Sysfs {
  machine: ReadFiles & OpenFiles & Run;
  virsh: () => Promise<Virsh>;
}

/** The machine's files with those of its software, and programs that answer as they would there. */
export async function buildWithSoftware(machine: Machine, software: Software): Promise<LookedAt> {
  const sysfs = await buildMachine(machine);
  for (const [path, text] of Object.entries(filesOf(machine, software))) {
    await sysfs.write(path, text);
  }
  const modes = software.hasService === true ? { '/dev/uinput': 0o660, [driversProbe]: 0o220 } : {};
  for (const [path, mode] of Object.entries(modes)) await chmod(join(sysfs.root, path), mode);
  for (const [path, bytes] of Object.entries(software.sizes ?? {})) {
    await truncate(join(sysfs.root, path), bytes);
  }
  const host = software.as === 'root' ? sysfs.host : closed(sysfs.host);
  return {
    ...sysfs,
    machine: { ...host, run: async (command, args) => answer(software, machine, command, args) },
    async virsh() {
      if (software.as === 'root' || software.groups?.includes('libvirt') === true) {
        return virshOf(software.domains ?? {});
      }
      throw new HandglassError(
        'libvirt-unavailable',
        'libvirt (qemu:///system) cannot be reached: authentication unavailable: no polkit agent available.',
      );
    },
  };
}

function filesOf({ kernel, cpu }: Machine, software: Software): Record<string, string> {
  const { builtIn = [], absent = [] } = software;
  const loadable = knownModules.filter((name) => ![...builtIn, ...absent].includes(name));
  const folder = `/lib/modules/${kernel}`;
  const kvm = cpu.vendor === 'AuthenticAMD' ? 'kvm_amd' : 'kvm_intel';
  const node = '/sys/devices/system';
  return {
    [`${folder}/modules.builtin`]: builtIn.map((name) => `kernel/${name}.ko\n`).join(''),
    [`${folder}/modules.dep`]: loadable.map((name) => `kernel/${name}.ko.zst:\n`).join(''),
    [`/sys/module/${kvm}/initstate`]: 'live\n',
    [`${node}/cpu/cpufreq/policy0/scaling_governor`]: `${software.governor ?? 'schedutil'}\n`,
    [`${node}/cpu/cpufreq/policy0/scaling_driver`]: `${software.frequencyDriver ?? 'acpi-cpufreq'}\n`,
    [`${node}/clocksource/clocksource0/current_clocksource`]: 'tsc\n',
    '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
    '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '0\n',
    '/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages': '0\n',
    [driversProbe]: '',
    '/etc/machine-id': '',
    '/dev/kvm': '',
    '/dev/uinput': '',
    ...(software.firmware === 'efi'
      ? {
          '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c':
            '\u0006\0\0\0\0',
        }
      : {}),
    ...(software.libvirt === '' ? {} : libvirtFiles),
    ...(software.hasService === true ? serviceFiles : {}),
    ...(software.configuration === undefined
      ? {}
      : { '/etc/handglass/handglass.toml': software.configuration }),
    ...software.files,
  };
}

const driversProbe = '/sys/bus/usb/drivers_probe';

const libvirtFiles = {
  ...virsh,
  '/run/libvirt/libvirt-sock': '',
  '/etc/libvirt/qemu.conf': '#user = "libvirt-qemu"\n',
  '/etc/systemd/system/multi-user.target.wants/libvirtd.service': '',
  '/etc/systemd/system/sockets.target.wants/virtlogd.socket': '',
  '/usr/share/OVMF/OVMF_CODE.fd': '',
  '/usr/share/OVMF/OVMF_VARS.fd': '',
  '/usr/share/qemu/firmware/60-ovmf-x86_64.json': JSON.stringify({
    description: 'UEFI firmware for x86_64',
    'interface-types': ['uefi'],
    mapping: {
      device: 'flash',
      executable: { filename: '/usr/share/OVMF/OVMF_CODE.fd', format: 'raw' },
      'nvram-template': { filename: '/usr/share/OVMF/OVMF_VARS.fd', format: 'raw' },
    },
    targets: [{ architecture: 'x86_64', machines: ['pc-q35-*'] }],
    features: ['acpi-s3'],
  }),
};

const serviceFiles = {
  '/etc/systemd/system/handglass.service': '',
  '/etc/systemd/system/multi-user.target.wants/handglass.service': '',
  '/etc/systemd/system/multi-user.target.wants/handglass-shm.service': '',
  '/etc/systemd/logind.conf.d/handglass.conf': '[Login]\nRemoveIPC=no\n',
  '/usr/lib/udev/rules.d/65-handglass.rules': '',
  '/run/handglass/handglass.sock': '',
  '/sys/fs/cgroup/system.slice/handglass.service': '0::/',
  '/dev/input/by-handglass/win10-keyboard': '',
  '/dev/input/by-handglass/win10-pointer': '',
};

/** Others' files that a user may not read. */
function closed(host: ReadFiles & OpenFiles): ReadFiles & OpenFiles {
  const readText = async (path: string) => {
    if (path === '/etc/libvirt/qemu.conf') {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    }
    return host.readText(path);
  };
  return { ...host, readText };
}

type Answer = Partial<RunResult>;

function answer(
  software: Software,
  machine: Machine,
  command: string,
  args: readonly string[],
): RunResult {
  const said = answers[command]?.(software, args, machine);
  if (said === undefined) throw Object.assign(new Error(command), { code: 'ENOENT' });
  return { stdout: '', stderr: '', exitCode: 0, timedOut: false, ...said };
}

const answers: Record<
  string,
  (software: Software, args: readonly string[], machine: Machine) => Answer | undefined
> = {
  id: ({ as, groups = [], libvirt, hasService, qemuUser = 'libvirt-qemu' }, args) => {
    const all: Record<string, string[]> = {
      root: ['root'],
      alice: ['alice', ...groups],
      ...(libvirt === '' ? {} : { [qemuUser]: ['kvm', qemuUser] }),
      ...(hasService === true ? { handglass: ['handglass', 'input', 'kvm', 'libvirt'] } : {}),
    };
    const user = args.at(-1) ?? as;
    const own = all[user];
    if (own === undefined) return { exitCode: 1, stderr: `id: '${user}': no such user\n` };
    const list = own.map((name, index) => `${100 + index}(${name})`).join(',');
    const uid = user === 'root' ? 0 : 1000;
    return { stdout: `uid=${uid}(${user}) gid=100(${own[0]}) groups=${list}\n` };
  },
  // Whoever runs the test owns its files.
  getent: (_software, [database, , key]) => ({
    stdout:
      database === 'passwd'
        ? `alice:x:${process.getuid?.() ?? 0}:100::/home/alice:/bin/sh\n`
        : `${/^\d+$/.test(key ?? '') ? 'input' : 'kvm'}:x:${process.getgid?.() ?? 0}:\n`,
  }),
  df: () => ({ stdout: '  1B-blocks      Avail\n8589934592 8589934592\n' }),
  journalctl: ({ as, log = [] }, _args, { kernel }) => {
    if (as === 'alice') {
      return {
        exitCode: 1,
        stderr: 'No journal files were opened due to insufficient permissions.\n',
      };
    }
    const lines = [`Linux version ${kernel}`, ...log];
    return {
      stdout: lines
        .map((MESSAGE, index) =>
          JSON.stringify({ MESSAGE, __REALTIME_TIMESTAMP: `${1_700_000_000_000_000 + index}` }),
        )
        .join('\n'),
    };
  },
  dmesg: ({ as }) =>
    as === 'alice'
      ? { exitCode: 1, stderr: 'dmesg: read kernel buffer failed: Operation not permitted\n' }
      : undefined,
  'qemu-system-x86_64': ({ qemu }) =>
    qemu === '' ? undefined : { stdout: `QEMU emulator version ${qemu}\n` },
  virsh: ({ libvirt }) => (libvirt === '' ? undefined : { stdout: `${libvirt}\n` }),
};

function virshOf(domains: Record<string, string>): Virsh {
  const one = async (...[command]: string[]) => {
    if (command !== 'domstats') throw new Error(`no answer to ${command}`);
    return Object.entries(domains)
      .map(
        ([name, xml]) =>
          `Domain: '${name}'\n  state.state=${xml.includes("<domain type='kvm' id=") ? 1 : 5}\n  state.reason=1\n`,
      )
      .join('\n');
  };
  const inTurn: Virsh['inTurn'] = async (commands) =>
    commands.map((words) => domains[words.at(-1) ?? ''] ?? '');
  return Object.assign(one, { inTurn });
}
