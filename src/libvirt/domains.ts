import type { Domain } from '../domain/domain.ts';
import type { Virsh } from './virsh.ts';

/** What libvirt's virDomainState numbers mean (include/libvirt/libvirt-domain.h). */
const stateNames = [
  'no state',
  'running',
  'blocked',
  'paused',
  'shutting down',
  'shut off',
  'crashed',
  'suspended',
] as const;

/** Every domain that libvirt knows, running or not, in libvirt's order. */
export async function listDomains(virsh: Virsh): Promise<Domain[]> {
  return parseDomainStats(await virsh('domstats', '--state'));
}

/**
 * Reads `virsh domstats --state`: a block for each domain,
 *
 *     Domain: 'win10'
 *       state.state=1
 *       state.reason=1
 */
export function parseDomainStats(text: string): Domain[] {
  const blocks = text.matchAll(/^Domain: '(.*)'\n(?: .*\n)*? {2}state\.state=(\d+)$/gm);
  return [...blocks].map(([, name = '', number]) => ({
    name,
    state: stateNames[Number(number)] ?? 'no state',
  }));
}
