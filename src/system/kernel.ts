/** The running kernel: its version, what it was told at the start, and which modules it has. */
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn, unlessGone } from './attributes.ts';
import { type KernelParameter, kernelParameters, kernelSpelling } from './kernel-parameters.ts';
import { printable } from '../printable.ts';
import { expected, type Unread, unlessUnread } from './unread.ts';

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface Kernel {
  /** `6.1.0-18-amd64`. */
  release: string | null;
  /** The first two numbers of that. */
  version: readonly [number, number] | null;
  parameters: KernelParameter[] | null;
  /** By name with underscores; those that are asked for alone. */
  modules: Record<string, ModuleState | null>;
  /** What the files of modprobe.d say. */
  moduleRules: ModuleRule[] | null;
  unread: Unread;
}

/** `loaded`: it is in memory, as a module or built in with parameters. */
export type ModuleState = 'built-in' | 'loaded' | 'loadable' | 'absent';

/** A line `options vfio-pci ids=10de:13c2` of modprobe.d. */
export interface ModuleRule {
  file: string;
  kind: 'options' | 'softdep' | 'blacklist' | 'install' | 'alias' | 'remove';
  /** With underscores. */
  module: string;
  text: string;
}

/** @param modules names with underscores */
export async function readKernel(host: ReadFiles, modules: readonly string[]): Promise<Kernel> {
  const unread: Unread = {};
  const fact = <T>(name: string, reading: () => T | Promise<T>) =>
    unlessUnread(unread, name, reading);
  const release = await fact('release', async () =>
    printable(await attribute(host, '/proc/sys/kernel/osrelease')),
  );
  return {
    release,
    version: await fact('version', () => versionFrom(release ?? '')),
    parameters: await fact('parameters', async () =>
      kernelParameters(printable(await attribute(host, '/proc/cmdline'))),
    ),
    modules: await moduleStates(host, release, modules, unread),
    moduleRules: await fact('moduleRules', () => moduleRules(host)),
    unread,
  };
}

function versionFrom(release: string): readonly [number, number] {
  const [major, minor] = expected(release, /^(\d{1,3}\.\d{1,4})/).split('.');
  return [Number(major), Number(minor)];
}

async function moduleStates(
  host: ReadFiles,
  release: string | null,
  modules: readonly string[],
  unread: Unread,
): Promise<Kernel['modules']> {
  const loaded = await unlessUnread(
    unread,
    'modules',
    async () => new Set(await namesIn(host, '/sys/module')),
  );
  const builtIn = await unlessUnread(unread, 'modules', () =>
    modulesIn(host, release, 'modules.builtin'),
  );
  const loadable = await unlessUnread(unread, 'modules', () =>
    modulesIn(host, release, 'modules.dep'),
  );
  const stateOf = (name: string): ModuleState | null => {
    if (builtIn?.has(name)) return 'built-in';
    if (loaded?.has(name)) return 'loaded';
    if (loadable?.has(name)) return 'loadable';
    return builtIn === null || loaded === null || loadable === null ? null : 'absent';
  };
  return Object.fromEntries(modules.map((name) => [name, stateOf(name)]));
}

/** Lines begin `kernel/drivers/vfio/pci/vfio-pci.ko.zst`, those of modules.dep with a colon behind. */
async function modulesIn(
  host: ReadFiles,
  release: string | null,
  file: string,
): Promise<Set<string>> {
  const text = await modulesFile(host, release, file);
  const names = text.matchAll(/^[^\s:]*?([^\s:/]+)\.ko(?:\.\w+)?(?::|$)/gm);
  return new Set([...names].map(([, name = '']) => kernelSpelling(name)));
}

/** A list of the running kernel's modules. An upgrade may take them away, and containers have none. */
export async function modulesFile(
  host: ReadFiles,
  release: string | null,
  file: string,
): Promise<string> {
  if (release === null) throw new Error('it is not known which kernel runs');
  const [path = '', ...others] = moduleFolders.map((folder) => `${folder}/${release}/${file}`);
  for (const each of [path, ...others]) {
    const text = await unlessGone(host.readText(each));
    if (text !== null) return text;
  }
  throw new Error(
    `there is no ${path}: after an upgrade of the kernel, start the machine anew; a container does not have its host's`,
  );
}

/** The second is NixOS's. */
const moduleFolders = ['/lib/modules', '/run/booted-system/kernel-modules/lib/modules'];

const ruleFolders = ['/etc/modprobe.d', '/run/modprobe.d', '/usr/lib/modprobe.d'];

/** A file in an earlier folder stands in for one of the same name in a later. */
export async function moduleRules(host: ReadFiles): Promise<ModuleRule[]> {
  const seen = new Set<string>();
  const rules: ModuleRule[] = [];
  for (const folder of ruleFolders) {
    for (const name of await namesIn(host, folder)) {
      if (!name.endsWith('.conf') || seen.has(name)) continue;
      seen.add(name);
      const file = `${folder}/${name}`;
      // Some are links that lead nowhere.
      const text = (await unlessGone(host.readText(file))) ?? '';
      rules.push(...rulesIn(text, printable(file)));
    }
  }
  return rules;
}

function rulesIn(text: string, file: string): ModuleRule[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line): ModuleRule[] => {
      const [, kind, module, rest = ''] =
        /^\s*(options|softdep|blacklist|install|alias|remove)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
      if (kind === undefined || module === undefined) return [];
      return [
        {
          file,
          kind: kind as ModuleRule['kind'],
          module: kernelSpelling(printable(module)),
          text: printable(rest.trim()),
        },
      ];
    });
}
