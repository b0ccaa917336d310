/** One look at the machine, in which no file is read twice. It never fails. */
import { dirname } from 'node:path';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { HandglassError, isErrno } from '../errors.ts';
import type { FileFacts, OpenFiles, ReadFiles, Run } from '../host/ports.ts';
import { listDomains } from '../libvirt/domains.ts';
import { parseDomainXml } from '../libvirt/domain-xml.ts';
import type { Virsh } from '../libvirt/virsh.ts';
import { unlessGone } from '../system/attributes.ts';
import { readBoot } from '../system/boot.ts';
import { readCpu } from '../system/cpu.ts';
import { inputDevices } from '../system/input.ts';
import { unreadablePaths } from '../system/input-rights.ts';
import { readKernel } from '../system/kernel.ts';
import { readKernelLog } from '../system/kernel-log.ts';
import { type Membership, membershipOf } from '../system/memberships.ts';
import { readMemory } from '../system/memory.ts';
import { surveyPci } from '../system/pci-survey.ts';
import { printable } from '../printable.ts';
import { readingOnce } from '../system/reading-once.ts';
import { readServiceParts } from '../system/service-parts.ts';
import { type Unread, unlessUnread } from '../system/unread.ts';
import { usbDevices } from '../system/usb.ts';
import { blockUses } from '../system/usb-disks.ts';
import { readVirtualization, type Virtualization } from '../system/virtualization.ts';
import { xorgDevices } from '../system/xorg.ts';
import type {
  Configuration,
  DeviceFacts,
  Domain,
  Facts,
  Libvirt,
  PathFacts,
  People,
} from './facts.ts';
import { knownModules } from './kernel-modules.ts';
import { logPatterns } from './log-lines.ts';
import { readRoms } from './read-roms.ts';
import { readSharedMemory } from './read-shared-memory.ts';

export interface FactsOptions {
  configPath: string;
  /** Talks with a libvirt. */
  virsh: (uri: string) => Promise<Virsh>;
}

export async function readFacts(
  machine: ReadFiles & OpenFiles & Run,
  { configPath, virsh }: FactsOptions,
): Promise<Facts> {
  const host = { ...readingOnce(machine), run: machine.run.bind(machine) };
  const configuration = await readConfiguration(host, configPath);
  const virtualization = readVirtualization(host);
  const [cpu, kernel, memory, boot, log, pci, service, devices, people, sharedMemory, libvirt] =
    await Promise.all([
      readCpu(host),
      readKernel(host, knownModules),
      readMemory(host),
      readBoot(host),
      readKernelLog(host, logPatterns),
      surveyPci(host),
      readServiceParts(host),
      readDevices(host),
      virtualization.then((found) => readPeople(host, found)),
      readSharedMemory(host, configuration.config?.lookingGlass ?? []),
      virtualization.then((found) => readLibvirt(found, configuration.config, virsh)),
    ]);
  return {
    cpu,
    kernel,
    memory,
    boot,
    log,
    pci,
    virtualization: await virtualization,
    service,
    devices,
    people,
    configuration,
    sharedMemory,
    libvirt,
    paths: await readPaths(host, libvirt.domains ?? []),
    roms: await readRoms(machine, libvirt.domains ?? [], pci.devices),
  };
}

async function readConfiguration(host: ReadFiles, path: string): Promise<Configuration> {
  try {
    return { path, state: 'read', config: await loadConfig(host, path), problem: '' };
  } catch (error) {
    if (!(error instanceof HandglassError && error.code === 'config')) throw error;
    const isAbsent = isErrno(error.cause, 'ENOENT', 'ENOTDIR');
    return {
      path,
      state: isAbsent ? 'absent' : 'wrong',
      config: null,
      problem: error.what.split('\n').map(printable).join('\n'),
    };
  }
}

async function readDevices(host: ReadFiles & Run): Promise<DeviceFacts> {
  const unread: Unread = {};
  const input = await unlessUnread(unread, 'input', () => inputDevices(host));
  const paths = (input ?? []).map(({ path }) => path);
  return {
    usb: await unlessUnread(unread, 'usb', () => usbDevices(host)),
    input,
    closedInput: await unlessUnread(unread, 'closedInput', async () => {
      if (input === null) throw new Error(unread['input']);
      return [...(await unreadablePaths(host, paths))];
    }),
    xorg: await unlessUnread(unread, 'xorg', () => xorgDevices(host)),
    unread,
  };
}

async function readPeople(host: Run, software: Virtualization): Promise<People> {
  const unread: Unread = {};
  const known = async (name: string, user: string) =>
    unlessUnread(unread, name, async () => (await membershipOf(host, user)) ?? 'absent');
  const [caller, service, qemu] = await Promise.all([
    unlessUnread(unread, 'caller', async () => requireKnown(await membershipOf(host))),
    known('service', 'handglass'),
    readQemuUser(host, software, unread),
  ]);
  if (caller === null) unread['callerAnew'] = unread['caller'] ?? '';
  const callerAnew = caller === null ? null : await known('callerAnew', caller.user);
  return { caller, callerAnew, service, qemu, unread };
}

function requireKnown(membership: Membership | null): Membership {
  if (membership === null) throw new Error('id says nothing');
  return membership;
}

/** Debian's, Arch's and Fedora's builds of libvirt differ in who QEMU is where nobody says it. */
async function readQemuUser(
  host: Run,
  { qemuConf }: Virtualization,
  unread: Unread,
): Promise<People['qemu']> {
  return unlessUnread(unread, 'qemu', async () => {
    const told = qemuConf?.user ?? null;
    for (const user of told === null ? ['libvirt-qemu', 'qemu'] : [told]) {
      const found = await membershipOf(host, user);
      if (found !== null) return found;
    }
    return 'absent';
  });
}

/** Of what a link leads to. */
async function factsAt(host: ReadFiles, path: string): Promise<FileFacts | 'absent'> {
  const facts = await unlessGone(host.factsOf(path));
  if (facts?.kind !== 'link') return facts ?? 'absent';
  const real = await unlessGone(host.realPath(path));
  return (real === null ? null : await unlessGone(host.factsOf(real))) ?? 'absent';
}

/** Where libvirt is not installed nobody is asked. */
async function readLibvirt(
  { libvirtVersion }: Virtualization,
  config: Config | null,
  connect: FactsOptions['virsh'],
): Promise<Libvirt> {
  const unread: Unread = {};
  const uri = config?.libvirt.uri ?? 'qemu:///system';
  const domains = await unlessUnread(unread, 'domains', async () => {
    if (libvirtVersion === '') throw new Error('libvirt is not installed');
    return readDomains(await connect(uri));
  });
  return { uri, domains, unread };
}

async function readDomains(virsh: Virsh): Promise<Domain[]> {
  const domains = await listDomains(virsh);
  const answers = await virsh.inTurn(domains.map(({ name }) => ['dumpxml', '--domain', name]));
  return Promise.all(
    domains.map(async ({ name, state }, index) => {
      const unread: Unread = {};
      const answer = answers[index] ?? '';
      return {
        name: printable(name),
        isRunning: state !== 'shut off',
        xml: await unlessUnread(unread, 'xml', () => {
          if (typeof answer !== 'string') throw answer;
          return parseDomainXml(answer);
        }),
        unread,
      };
    }),
  );
}

async function readPaths(
  host: ReadFiles,
  domains: readonly Domain[],
): Promise<ReadonlyMap<string, PathFacts>> {
  const paths = new Set(domains.flatMap(({ xml }) => (xml === null ? [] : pathsIn(xml))));
  const found = await Promise.all(
    [...paths].map(async (path): Promise<[string, PathFacts]> => {
      const unread: Unread = {};
      const facts = await unlessUnread(unread, 'found', () => factsAt(host, path));
      const isDisk = path.startsWith('/dev/') && facts !== null && facts !== 'absent';
      const uses = isDisk ? await unlessUnread(unread, 'uses', () => blockUses(host, path)) : [];
      return [path, { found: facts, uses: uses ?? [], unread }];
    }),
  );
  return new Map(found);
}

function pathsIn({ pci, firmware, input, disks, shmems }: NonNullable<Domain['xml']>): string[] {
  const named = [
    ...pci.flatMap(({ rom }) => (rom.file === null ? [] : [rom.file, dirname(rom.file)])),
    firmware.loader,
    firmware.variables,
    firmware.template,
    ...input.map(({ path }) => path),
    ...disks.map(({ path }) => path),
    ...shmems.map(({ name }) => `/dev/shm/${name}`),
  ];
  return named.filter(
    (path) => path !== null && path.startsWith('/') && !/\p{Cc}/u.test(path),
  ) as string[];
}
