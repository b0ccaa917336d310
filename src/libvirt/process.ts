import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';

/**
 * The QEMU process of each of these domains that has one. Libvirt starts it with
 * `-name guest=win10,debug-threads=on`, in which it doubles a comma of the name itself; its own pid
 * files are root's.
 */
export async function qemuProcesses(
  host: ReadFiles,
  domains: readonly string[],
): Promise<Map<string, number>> {
  const wanted = new Map(domains.map((name) => [name.replaceAll(',', ',,'), name]));
  const processes = new Map<string, number>();
  const pids = (await host.listFolder('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const name = wanted.get(await guestOf(host, pid));
    if (name !== undefined) processes.set(name, Number(pid));
  }
  return processes;
}

/** Empty for what is no domain of libvirt's. */
async function guestOf(host: ReadFiles, pid: string): Promise<string> {
  try {
    const words = (await host.readText(`/proc/${pid}/cmdline`)).split('\0');
    const option = words.indexOf('-name');
    const name = option < 0 ? '' : (words[option + 1] ?? '');
    return /^guest=((?:[^,]|,,)*)(?:,(?!,)|$)/.exec(name)?.[1] ?? '';
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES')) return '';
    throw error;
  }
}
