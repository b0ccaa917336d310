import type { Clock, ReadFiles } from '../host/ports.ts';
import { readMountinfo } from '../system/usb-disks.ts';

/**
 * Calls back when something was mounted or unmounted, which no device node tells of. The kernel's own
 * way to tell (EPOLLPRI on the file) is out of Node's reach, so it looks every 5 s.
 */
export async function watchMounts(
  host: ReadFiles & Clock,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  let before: string | null = null;
  while (!signal.aborted) {
    // What is only shown must not end the service.
    const now = await readMountinfo(host).catch(() => before);
    if (before !== null && now !== before) changed();
    before = now;
    await host.sleep(intervalMs, signal).catch(() => {});
  }
}

const intervalMs = 5000;
