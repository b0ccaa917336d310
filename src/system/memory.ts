/** Memory: how much there is, and how much of it is set aside in huge pages. */
import type { ReadFiles, Run } from '../host/ports.ts';
import { attribute, namesIn, optionalAttribute } from './attributes.ts';
import { expected, type Unread, unlessUnread } from './unread.ts';

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface Memory {
  /** KiB. */
  total: number | null;
  /** KiB that programs could have without swapping. */
  available: number | null;
  /** KiB of a huge page where nobody says which size. */
  hugePageKib: number | null;
  /** By the size of the pages in KiB. */
  hugePages: { pageKib: number; all: number; free: number }[] | null;
  /** When memory is taken in huge pages by itself. */
  transparent: 'always' | 'madvise' | 'never' | 'none' | null;
  /** Whether equal pages are merged (KSM). */
  isMerging: boolean | null;
  /** Bytes of /dev/shm. */
  shared: { size: number; free: number } | null;
  unread: Unread;
}

export async function readMemory(host: ReadFiles & Run): Promise<Memory> {
  const unread: Unread = {};
  const fact = <T>(name: string, reading: () => T | Promise<T>) =>
    unlessUnread(unread, name, reading);
  const kib = (name: string, key: string) =>
    fact(name, async () =>
      Number(
        expected(await host.readText('/proc/meminfo'), new RegExp(`^${key}: *(\\d+) kB$`, 'm')),
      ),
    );
  return {
    total: await kib('total', 'MemTotal'),
    available: await kib('available', 'MemAvailable'),
    hugePageKib: await kib('hugePageKib', 'Hugepagesize'),
    hugePages: await fact('hugePages', () => hugePages(host)),
    transparent: await fact('transparent', async () => {
      const text = await optionalAttribute(host, '/sys/kernel/mm/transparent_hugepage/enabled');
      if (text === '') return 'none';
      return expected(text, /\[(always|madvise|never)\]/) as 'always' | 'madvise' | 'never';
    }),
    isMerging: await fact(
      'isMerging',
      async () => (await optionalAttribute(host, '/sys/kernel/mm/ksm/run')) === '1',
    ),
    shared: await fact('shared', () => sharedMemory(host)),
    unread,
  };
}

const hugeFolder = '/sys/kernel/mm/hugepages';

async function hugePages(host: ReadFiles): Promise<NonNullable<Memory['hugePages']>> {
  const names = (await namesIn(host, hugeFolder)).filter((name) => /^hugepages-\d+kB$/.test(name));
  return Promise.all(
    names.map(async (name) => {
      const number = async (file: string) =>
        Number(expected(await attribute(host, `${hugeFolder}/${name}/${file}`), /^(\d+)$/));
      return {
        pageKib: Number(expected(name, /-(\d+)kB$/)),
        all: await number('nr_hugepages'),
        free: await number('free_hugepages'),
      };
    }),
  );
}

/** Only a system call tells it, which df makes. */
async function sharedMemory(host: Run): Promise<{ size: number; free: number }> {
  const args = ['--block-size=1', '--output=size,avail', '/dev/shm'];
  const { stdout, stderr } = await host.run('df', args, { timeoutMs: 5000 });
  const [, size, free] = /^ *(\d+) +(\d+)$/m.exec(stdout) ?? [];
  if (size === undefined) throw new Error(stderr.trim() || 'df says nothing of /dev/shm');
  return { size: Number(size), free: Number(free) };
}
