/** The software that runs guests here: QEMU, libvirt, their firmware, and what keeps them in check. */
import { isErrno } from '../errors.ts';
import type { FileFacts, ReadFiles, Run } from '../host/ports.ts';
import { namesIn, optionalAttribute, unlessGone } from './attributes.ts';
import { printable } from '../printable.ts';
import { type QemuConf, qemuConfFrom } from './qemu-conf.ts';
import { expected, type Unread, unlessUnread } from './unread.ts';

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface Virtualization {
  /** Of the newest `qemu-system-x86_64` here; empty where there is none. */
  qemuVersion: string | null;
  /** Of virsh, which comes with the daemon; empty where there is none. */
  libvirtVersion: string | null;
  /** Sockets of libvirt that are there. */
  sockets: string[] | null;
  /** Units of libvirt that start with the machine. */
  enabledUnits: string[] | null;
  /** Units of libvirt and of this service that are masked, so that nothing starts them. */
  maskedUnits: string[] | null;
  /** Firmware for guests that UEFI starts. */
  firmware: Firmware[] | null;
  /** Null too where there is no libvirt. */
  qemuConf: QemuConf | null;
  kvmNode: FileFacts | 'absent' | null;
  apparmor: 'on' | 'off' | null;
  selinux: 'enforcing' | 'permissive' | 'off' | null;
  /** Rules for QEMU that were added by hand to AppArmor's; empty where there are none. */
  apparmorRules: string | null;
  /** Where the Looking Glass client is; empty where it is not found. */
  lookingGlassClient: string | null;
  unread: Unread;
}

/** A descriptor of /usr/share/qemu/firmware. */
export interface Firmware {
  file: string;
  description: string;
  isUefi: boolean;
  hasSecureBoot: boolean;
  architectures: string[];
  executable: string | null;
  /** What a guest's variables are copied from. */
  template: string | null;
  /** Whether both are there. */
  isThere: boolean;
}

export async function readVirtualization(host: ReadFiles & Run): Promise<Virtualization> {
  const unread: Unread = {};
  const fact = <T>(name: string, reading: () => T | Promise<T>) =>
    unlessUnread(unread, name, reading);
  const [qemuVersion, libvirtVersion] = await Promise.all([
    fact('qemuVersion', () => qemuVersionOf(host)),
    fact('libvirtVersion', () => versionOf(host, 'virsh', /^(\d[\d.]*)$/m)),
  ]);
  return {
    qemuVersion,
    libvirtVersion,
    sockets: await fact('sockets', () => thereAmong(host, socketPaths)),
    enabledUnits: await fact('enabledUnits', () => enabledUnits(host)),
    maskedUnits: await fact('maskedUnits', () => maskedUnits(host)),
    firmware: await fact('firmware', () => firmware(host)),
    qemuConf: await fact('qemuConf', async () => qemuConfFrom(await qemuConfText(host))),
    kvmNode: await fact('kvmNode', () => kvmNode(host)),
    apparmor: await fact('apparmor', async () =>
      (await optionalAttribute(host, '/sys/module/apparmor/parameters/enabled')) === 'Y'
        ? 'on'
        : 'off',
    ),
    selinux: await fact('selinux', async () => {
      const text = await optionalAttribute(host, '/sys/fs/selinux/enforce');
      if (text === '') return 'off';
      return expected(text, /^([01])$/) === '1' ? 'enforcing' : 'permissive';
    }),
    apparmorRules: await fact('apparmorRules', () => apparmorRules(host)),
    lookingGlassClient: await fact(
      'lookingGlassClient',
      async () => (await thereAmong(host, clientPaths))[0] ?? '',
    ),
    unread,
  };
}

/** `/dev/kvm` alone. */
export async function readKvmNode(
  host: ReadFiles,
): Promise<Pick<Virtualization, 'kvmNode' | 'unread'>> {
  const unread: Unread = {};
  return { kvmNode: await unlessUnread(unread, 'kvmNode', () => kvmNode(host)), unread };
}

const socketPaths = ['/run/libvirt/virtqemud-sock', '/run/libvirt/libvirt-sock'];
const clientPaths = ['/usr/bin', '/usr/local/bin', '/run/current-system/sw/bin'].map(
  (folder) => `${folder}/looking-glass-client`,
);
const qemuPrograms = ['qemu-system-x86_64', '/usr/libexec/qemu-kvm', 'qemu-kvm'];

async function qemuVersionOf(host: Run): Promise<string> {
  for (const program of qemuPrograms) {
    const version = await versionOf(host, program, /version (\d[\d.]*)/);
    if (version !== '') return version;
  }
  return '';
}

/** Empty where the program is not installed. */
async function versionOf(host: Run, program: string, pattern: RegExp): Promise<string> {
  try {
    const { stdout, timedOut } = await host.run(program, ['--version'], { timeoutMs: 10_000 });
    if (timedOut) throw new Error(`${program} --version did not answer within 10 s`);
    return expected(stdout, pattern);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return '';
    throw error;
  }
}

async function thereAmong(host: ReadFiles, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if ((await unlessGone(host.factsOf(path))) !== null) found.push(path);
  }
  return found;
}

/** NixOS has it among libvirt's other files. */
async function qemuConfText(host: ReadFiles): Promise<string> {
  const path = '/etc/libvirt/qemu.conf';
  return (
    (await unlessGone(host.readText(path))) ??
    (await unlessGone(host.readText('/var/lib/libvirt/qemu.conf'))) ??
    host.readText(path)
  );
}

const unitFolder = '/etc/systemd/system';

/** What systemd's targets want, in what the administrator has enabled. */
async function enabledUnits(host: ReadFiles): Promise<string[]> {
  const targets = (await namesIn(host, unitFolder)).filter((name) =>
    name.endsWith('.target.wants'),
  );
  const wanted = await Promise.all(targets.map((name) => namesIn(host, `${unitFolder}/${name}`)));
  return [...new Set(wanted.flat())].filter(isOfGuests);
}

/** Those that are links to /dev/null. */
async function maskedUnits(host: ReadFiles): Promise<string[]> {
  const names = (await namesIn(host, unitFolder)).filter(
    (name) => isOfGuests(name) && /^[\w@-]+\.(service|socket)$/.test(name),
  );
  const masked: string[] = [];
  for (const name of names) {
    const path = `${unitFolder}/${name}`;
    const facts = await unlessGone(host.factsOf(path));
    if (facts?.kind === 'link' && (await host.readLink(path)) === '/dev/null') masked.push(name);
  }
  return masked;
}

function isOfGuests(unit: string): boolean {
  return /^(libvirt|virt|handglass)/.test(unit);
}

/** The second is NixOS's. */
const firmwareFolders = [
  '/etc/qemu/firmware',
  '/var/lib/qemu/firmware',
  '/usr/share/qemu/firmware',
];

/** A file in an earlier folder stands in for one of the same name in a later. */
async function firmware(host: ReadFiles): Promise<Firmware[]> {
  const found = new Map<string, string>();
  for (const folder of firmwareFolders) {
    for (const name of await namesIn(host, folder)) {
      if (name.endsWith('.json') && !found.has(name)) found.set(name, `${folder}/${name}`);
    }
  }
  const all = await Promise.all([...found.values()].map((file) => descriptor(host, file)));
  return all.filter((each) => each !== null);
}

async function descriptor(host: ReadFiles, file: string): Promise<Firmware | null> {
  const text = (await unlessGone(host.readText(file))) ?? '';
  if (text.trim() === '') return null;
  const read = fieldsOf(parsed(text));
  const mapping = fieldsOf(read['mapping']);
  const place = (name: string) => {
    const path = fieldsOf(mapping[name])['filename'] ?? null;
    return typeof path === 'string' ? printable(path) : null;
  };
  const executable = place('executable') ?? pathIn(mapping['filename']);
  const template = place('nvram-template');
  const paths = [executable, template].filter((path) => path !== null);
  return {
    file: printable(file),
    description: printable(textsIn([read['description']]).join('')),
    isUefi: textsIn(read['interface-types']).includes('uefi'),
    hasSecureBoot: textsIn(read['features']).includes('secure-boot'),
    architectures: listIn(read['targets']).flatMap((target) =>
      textsIn([fieldsOf(target)['architecture']]),
    ),
    executable,
    template,
    isThere: (await thereAmong(host, paths)).length === paths.length,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsIn(value: unknown): string[] {
  return listIn(value).filter((each) => typeof each === 'string');
}

function pathIn(value: unknown): string | null {
  return typeof value === 'string' ? printable(value) : null;
}

async function kvmNode(host: ReadFiles): Promise<FileFacts | 'absent'> {
  return (await unlessGone(host.factsOf('/dev/kvm'))) ?? 'absent';
}

async function apparmorRules(host: ReadFiles): Promise<string> {
  const folder = '/etc/apparmor.d';
  const files = [
    `${folder}/local/abstractions/libvirt-qemu`,
    `${folder}/abstractions/libvirt-qemu`,
  ];
  const texts = await Promise.all(files.map((file) => unlessGone(host.readText(file))));
  return texts
    .flatMap((text) => (text ?? '').split('\n'))
    .filter((line) => /^\s*"?\/dev\//.test(line))
    .map((line) => printable(line.trim()))
    .join('\n');
}
