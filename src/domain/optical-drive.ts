/** Optical drives of the host that domains have. */
import { createHash } from 'node:crypto';

/** A drive, as a domain is told of it. */
export interface DriveAddress {
  /** As the configuration names it. */
  path: string;
  /** The node by which programs send it SCSI commands: /dev/sg1. */
  generic: string;
}

/** What can be done with the drives of running domains. */
export interface Drives {
  /** The aliases of those that the domain has now; nothing when it does not run. */
  attached(domain: string): Promise<string[]>;
  /** Resolves when the domain has the drive; rejects with a DomainRefusal when it will not take it. */
  attach(domain: string, drive: DriveAddress): Promise<void>;
  /** Resolves when the domain has the drive of this path no more. */
  detach(domain: string, path: string): Promise<void>;
}

/**
 * The alias of a drive that we attached, from its path: how we find again what is ours. QEMU calls
 * the device and its block node so, and a node has no more than 31 characters.
 */
export function driveAlias(path: string): string {
  return `ua-handglass-${createHash('sha256').update(path).digest('hex').slice(0, 18)}`;
}
