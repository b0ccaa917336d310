/**
 * When drivers leave and get USB interfaces, from `udevadm monitor --kernel --property`, whose times are
 * of CLOCK_MONOTONIC, like ours: so nobody has to poll while something is measured. A block of lines:
 *
 *     KERNEL[1234.567890] bind     /devices/pci0000:00/0000:00:06.0/usb1/1-2/1-2:1.0 (usb)
 *     ACTION=bind
 *     DRIVER=usbhid
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface DriverChange {
  /** `1-2:1.0`. */
  name: string;
  /** Whether a driver of the host has it; usbfs stands for a QEMU. */
  isWithHost: boolean;
  /** Milliseconds of CLOCK_MONOTONIC. */
  atMs: number;
}

export interface Drivers {
  /**
   * Resolves when the host's drivers have all of these interfaces, or none; with the time at which
   * the last came or went.
   */
  until(names: readonly string[], isWithHost: boolean): Promise<number>;
}

export async function watchDrivers(): Promise<Drivers> {
  const monitor = spawn(
    'udevadm',
    ['monitor', '--kernel', '--property', '--subsystem-match=usb/usb_interface'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const latest = new Map<string, DriverChange>();
  let changed = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let block = '';

  createInterface({ input: monitor.stdout }).on('line', (line) => {
    block += `${line}\n`;
    if (line !== '') return;
    begun.resolve();
    take(changeIn(block));
    block = '';
  });

  function take(change: DriverChange | null): void {
    if (change === null || latest.get(change.name)?.isWithHost === change.isWithHost) return;
    latest.set(change.name, change);
    changed.resolve();
    changed = Promise.withResolvers();
  }

  await begun.promise;
  return {
    async until(names, isWithHost) {
      for (;;) {
        const own = names.map((name) => latest.get(name));
        const times = own.flatMap((each) => (each?.isWithHost === isWithHost ? each.atMs : []));
        if (times.length === names.length) return Math.max(...times);
        await changed.promise;
      }
    },
  };
}

/** Null for what says nothing of a driver. */
export function changeIn(block: string): DriverChange | null {
  const header = /^KERNEL\[([\d.]+)\] (bind|unbind)\s+\S*\/(\S+) \(usb\)$/m.exec(block);
  const [, seconds, action, name] = header ?? [];
  if (name === undefined) return null;
  const isWithHost = action === 'bind' && !/^DRIVER=usbfs$/m.test(block);
  return { name, isWithHost, atMs: Number(seconds) * 1000 };
}
