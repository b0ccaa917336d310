import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';

/**
 * The QEMU process of each of these domains that has one. Libvirt starts it with
 * `-name guest=win10,debug-threads=on`, in which it doubles a comma of the name itself; its own pid
 * files are root's.
 *
 * @param known what was found before: where that still holds, nothing else is looked at
 */
export async function qemuProcesses(
  host: ReadFiles,
  domains: readonly string[],
  known: ReadonlyMap<string, number> = new Map(),
): Promise<Map<string, number>> {
  const processes = new Map<string, number>();
  for (const [domain, pid] of known) {
    if (domains.includes(domain) && (await guestOf(host, String(pid))) === escaped(domain)) {
      processes.set(domain, pid);
    }
  }
  const wanted = new Map(domains.map((name) => [escaped(name), name]));
  if (processes.size === wanted.size) return processes;
  const pids = (await host.listFolder('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const name = wanted.get(await guestOf(host, pid));
    if (name !== undefined) processes.set(name, Number(pid));
  }
  return processes;
}

function escaped(domain: string): string {
  return domain.replaceAll(',', ',,');
}

/** Empty for what is no domain of libvirt's. */
async function guestOf(host: ReadFiles, pid: string): Promise<string> {
  try {
    const words = (await host.readText(`/proc/${pid}/cmdline`)).split('\0');
    const option = words.indexOf('-name');
    const name = option < 0 ? '' : (words[option + 1] ?? '');
    return /^guest=((?:[^,]|,,)*)(?:,(?!,)|$)/.exec(name)?.[1] ?? '';
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return '';
    throw error;
  }
}
