/** Whether libvirt is here, and how old it is. */
import type { Virtualization } from '../system/virtualization.ts';

/** Where virsh does not say whether it is there, a socket does. */
export function isAbsent({ libvirtVersion, sockets }: Virtualization): boolean {
  return libvirtVersion === '' || (libvirtVersion === null && sockets?.length === 0);
}

export function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [own = 0, second = 0] = version.split('.').map(Number);
  return own < major || (own === major && second < minor);
}
