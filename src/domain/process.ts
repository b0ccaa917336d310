import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import type { Domains } from './domain.ts';

/**
 * The QEMU process of each of these domains that has one, known by its command line: that is open to
 * every user, other than pid files and descriptors.
 *
 * @param known what was found before: where that still holds, nothing else is looked at
 */
export async function qemuProcesses(
  host: ReadFiles,
  { domainIn }: Pick<Domains, 'domainIn'>,
  domains: readonly string[],
  known: ReadonlyMap<string, number> = new Map(),
): Promise<Map<string, number>> {
  const processes = new Map<string, number>();
  for (const [domain, pid] of known) {
    if (!domains.includes(domain)) continue;
    if (domainIn(await commandLineOf(host, `${pid}`)) === domain) processes.set(domain, pid);
  }
  if (processes.size === domains.length) return processes;
  const pids = (await host.listFolder('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const domain = domainIn(await commandLineOf(host, pid));
    if (domain !== null && domains.includes(domain)) processes.set(domain, Number(pid));
  }
  return processes;
}

/**
 * Whether a process began after this one did; not where it has ended. In clock ticks since the machine began, the
 * 22nd field of proc_pid_stat(5).
 */
export async function isYounger(host: ReadFiles, pid: number): Promise<boolean> {
  const [own, other] = await Promise.all([beginOf(host, 'self'), beginOf(host, `${pid}`)]);
  return own !== null && other !== null && other > own;
}

async function beginOf(host: ReadFiles, pid: string): Promise<number | null> {
  const stat = await processText(host, pid, 'stat');
  // The second field, a name in brackets, may have anything in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[19]);
  return Number.isInteger(ticks) ? ticks : null;
}

async function commandLineOf(host: ReadFiles, pid: string): Promise<string[]> {
  return (await processText(host, pid, 'cmdline')).split('\0');
}

/** Empty for what has ended, or must not be looked into. */
export async function processText(
  host: ReadFiles,
  pid: string,
  file: 'cmdline' | 'stat' | 'status',
): Promise<string> {
  try {
    return await host.readText(`/proc/${pid}/${file}`);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return '';
    throw error;
  }
}
