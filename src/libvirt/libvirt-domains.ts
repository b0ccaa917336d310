import type { Domains } from '../domain/domain.ts';
import type { Clock, Converse, Follow, WriteFiles } from '../host/ports.ts';
import { addressesOfDomain } from './domain-addresses.ts';
import { listDomains } from './domains.ts';
import { followEvents } from './events.ts';
import { guestNameIn } from './guest-name.ts';
import { hostdevsOf } from './hostdevs.ts';
import { virshFor } from './virsh.ts';

/**
 * The domains of one libvirt, which is `libvirt-unavailable` where it cannot be asked.
 *
 * @param folder where files for virsh lie
 * @param signal the end, after which no virsh is kept
 */
export function libvirtDomains(
  host: WriteFiles & Converse & Follow & Clock,
  uri: string,
  folder: string,
  signal: AbortSignal,
): Domains {
  const virsh = virshFor(host, uri, signal);
  return {
    ...hostdevsOf(host, virsh, folder),
    list: () => listDomains(virsh),
    follow: (changed, until) => followEvents(host, uri, changed, until),
    domainIn: guestNameIn,
    addressesOf: (domain) => addressesOfDomain(virsh, domain),
  };
}
