/** Optical drives of a machine, and of domains, in memory: what QEMU would say and do. */
import { type Drives, driveAlias } from '../../src/domain/optical-drive.ts';
import type { OpticalDrive } from '../../src/system/optical-drives.ts';

export interface DomainDrives extends Drives {
  /** The aliases that each domain has. */
  held: Map<string, string[]>;
  /** Asked before each call takes effect; what it throws is the call's failure. */
  fail: (call: string) => void | Promise<void>;
}

export function createDomainDrives(...domains: string[]): DomainDrives {
  const held = new Map(domains.map((domain): [string, string[]] => [domain, []]));
  const drives: DomainDrives = {
    held,
    fail: () => {},
    attached: async (domain) => [...(held.get(domain) ?? [])],
    async attach(domain, { path }) {
      await drives.fail(`attach ${domain} ${path}`);
      held.get(domain)?.push(driveAlias(path));
    },
    async detach(domain, path) {
      await drives.fail(`detach ${domain} ${path}`);
      held.set(domain, held.get(domain)?.filter((alias) => alias !== driveAlias(path)) ?? []);
    },
  };
  return drives;
}

/** One that nobody uses, and what is other about this one. */
export function opticalDrive(changes: Partial<OpticalDrive> = {}): OpticalDrive {
  const path = changes.path ?? '/dev/sr0';
  return {
    path,
    node: path,
    name: 'QEMU DVD-ROM',
    isOptical: true,
    generic: '/dev/sg0',
    uses: [],
    ...changes,
  };
}
