/** The processor: what it can do for guests, and how its cores are laid out. */
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn, optionalAttribute } from './attributes.ts';
import { boundedMap } from './bounded.ts';
import { numbersFrom } from './number-list.ts';
import { printable } from '../printable.ts';
import { expected, type Unread, unlessUnread } from './unread.ts';

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface Cpu {
  /** As it calls itself: `GenuineIntel`, `AuthenticAMD`. */
  vendor: string | null;
  model: string | null;
  /** Its extension for guests, as far as the firmware lets the kernel see it. */
  virtualization: 'vmx' | 'svm' | 'none' | null;
  /** Whether this machine is a guest itself. */
  isGuest: boolean | null;
  /** Those that are on, by number. */
  processors: Processor[] | null;
  /** Of a hybrid processor its fast and its small cores, by number; none of others. */
  hybrid: { fast: number[]; small: number[] } | null;
  /** NUMA nodes and the processors on each. */
  nodes: { number: number; processors: number[] }[] | null;
  /** The processors that share each cache of the third level; none where the kernel tells of none. */
  caches: number[][] | null;
  /** How its frequency is chosen, each way once; none where the kernel does not choose. */
  governors: string[] | null;
  /** Who carries that out: `intel_pstate`, `acpi-cpufreq`; empty where nobody does. */
  frequencyDriver: string | null;
  /** What tells the time: `tsc`. */
  clockSource: string | null;
  unread: Unread;
}

/** One thread of a core, which programs see as a processor. */
export interface Processor {
  number: number;
  /** All threads of its core, its own among them. */
  siblings: number[];
}

export async function readCpu(host: ReadFiles): Promise<Cpu> {
  const unread: Unread = {};
  const fact = <T>(name: string, reading: () => T | Promise<T>) =>
    unlessUnread(unread, name, reading);
  const info = (name: string, pattern: RegExp) =>
    fact(name, async () => printable(expected(await host.readText('/proc/cpuinfo'), pattern)));
  const flags = await info('flags', /^flags\s*: (.*)$/m);
  if (flags === null) {
    for (const name of ['virtualization', 'isGuest']) unread[name] = unread['flags'] ?? '';
  }
  const words = new Set(flags?.split(' '));
  return {
    vendor: await info('vendor', /^vendor_id\s*: (.*)$/m),
    model: await info('model', /^model name\s*: (.*)$/m),
    virtualization: flags === null ? null : extensionAmong(words),
    isGuest: flags === null ? null : words.has('hypervisor'),
    processors: await fact('processors', () => processors(host)),
    hybrid: await fact('hybrid', async () => ({
      fast: numbersFrom(await optionalAttribute(host, '/sys/devices/cpu_core/cpus')),
      small: numbersFrom(await optionalAttribute(host, '/sys/devices/cpu_atom/cpus')),
    })),
    nodes: await fact('nodes', () => nodes(host)),
    caches: await fact('caches', () => caches(host)),
    governors: await fact('governors', () => policies(host, 'scaling_governor')),
    frequencyDriver: await fact(
      'frequencyDriver',
      async () => (await policies(host, 'scaling_driver'))[0] ?? '',
    ),
    clockSource: await fact('clockSource', async () =>
      expected(await attribute(host, clockSourceFile), /^([\w-]+)$/),
    ),
    unread,
  };
}

const cpuFolder = '/sys/devices/system/cpu';
const nodeFolder = '/sys/devices/system/node';
const clockSourceFile = '/sys/devices/system/clocksource/clocksource0/current_clocksource';

function extensionAmong(flags: ReadonlySet<string>): 'vmx' | 'svm' | 'none' {
  if (flags.has('vmx')) return 'vmx';
  return flags.has('svm') ? 'svm' : 'none';
}

async function processorNumbers(host: ReadFiles): Promise<number[]> {
  return (await host.listFolder(cpuFolder))
    .flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** A processor that is off has no topology. */
async function processors(host: ReadFiles): Promise<Processor[]> {
  const found = await boundedMap(await processorNumbers(host), 8, async (number) => {
    const file = `${cpuFolder}/cpu${number}/topology/thread_siblings_list`;
    const siblings = numbersFrom(await optionalAttribute(host, file));
    return { number, siblings };
  });
  const on = found.filter(({ siblings }) => siblings.length > 0);
  if (on.length === 0) throw new Error(`${cpuFolder} shows no topology`);
  return on;
}

async function nodes(host: ReadFiles): Promise<Cpu['nodes']> {
  const numbers = (await namesIn(host, nodeFolder))
    .flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
  return boundedMap(numbers, 8, async (number) => ({
    number,
    processors: numbersFrom(await attribute(host, `${nodeFolder}/node${number}/cpulist`)),
  }));
}

async function caches(host: ReadFiles): Promise<number[][]> {
  const lists = await boundedMap(await processorNumbers(host), 8, (number) =>
    optionalAttribute(host, `${cpuFolder}/cpu${number}/cache/index3/shared_cpu_list`),
  );
  return [...new Set(lists)].filter((list) => list !== '').map(numbersFrom);
}

async function policies(host: ReadFiles, file: string): Promise<string[]> {
  const folders = (await namesIn(host, `${cpuFolder}/cpufreq`)).filter((name) =>
    /^policy\d+$/.test(name),
  );
  const words = await boundedMap(folders, 8, async (name) =>
    expected(await attribute(host, `${cpuFolder}/cpufreq/${name}/${file}`), /^([\w-]+)$/),
  );
  return [...new Set(words)];
}
