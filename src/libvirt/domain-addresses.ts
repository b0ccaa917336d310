import { DomainRefusal } from '../domain/refusal.ts';
import type { Virsh } from './virsh.ts';

/**
 * The IP addresses of a domain: those that libvirt's own networks have leased to it, and those that the
 * host has heard of it (ARP). None of a domain that does not run.
 */
export async function addressesOfDomain(virsh: Virsh, domain: string): Promise<string[]> {
  const known: string[] = [];
  for (const source of ['lease', 'arp']) {
    known.push(...parseAddresses(await asked(virsh, domain, source)));
  }
  return [...new Set(known)];
}

/**
 * Reads `virsh domifaddr`, a line for each address:
 *
 *      vnet0      52:54:00:11:22:33    ipv4         192.168.122.50/24
 *      -          -                    ipv6         fd00::50/64
 */
export function parseAddresses(text: string): string[] {
  const lines = text.matchAll(/ ipv[46] +(?<address>[0-9a-f.:]+)\/\d+ *$/gm);
  return [...lines].map(({ groups }) => groups?.['address'] ?? '');
}

async function asked(virsh: Virsh, domain: string, source: string): Promise<string> {
  try {
    return await virsh('domifaddr', domain, '--source', source);
  } catch (error) {
    if (error instanceof DomainRefusal) return '';
    throw error;
  }
}
