import { HandglassError } from '../errors.ts';
import type { Drives } from './optical-drive.ts';
import type { Hostdevs } from './usb-hostdev.ts';

/** Libvirt's words for it, with which a QEMU of our own is described too. */
export type DomainRunState =
  | 'no state'
  | 'running'
  | 'blocked'
  | 'paused'
  | 'shutting down'
  | 'shut off'
  | 'crashed'
  | 'suspended'
  /** The guest has shut down, and its QEMU stays: not of libvirt. */
  | 'shut down';

export interface Domain {
  name: string;
  state: DomainRunState;
  /** How to start it, as a sentence, where that is not libvirt's to do. */
  start?: string;
}

/** States in which a guest can be given devices. */
const activeStates: readonly DomainRunState[] = [
  'running',
  'blocked',
  'paused',
  'shutting down',
  'suspended',
];

export function isActive({ state }: Domain): boolean {
  return activeStates.includes(state);
}

/** Whether a QEMU process is there to hold devices, be it for a guest that is no more. */
export function holdsDevices(domain: Domain): boolean {
  return isActive(domain) || domain.state === 'crashed' || domain.state === 'shut down';
}

/** Whether it, or a part of it, failed since nobody could be asked: libvirt, or the QEMU. */
export function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof HandglassError)) return false;
  if (error.code === 'libvirt-unavailable' || error.code === 'qemu-unavailable') return true;
  return error.cause instanceof AggregateError && isAway(error.cause);
}

/** What can be known of domains and done with them, by whatever runs them. */
export interface Domains extends Hostdevs {
  /** Not there where no drive can be attached. */
  drives?: Drives;
  /** Every domain, running or not. */
  list(): Promise<Domain[]>;
  /**
   * Calls back after what may have changed a domain, more often rather than less, until the signal
   * is aborted.
   */
  follow(changed: () => void, signal: AbortSignal): Promise<void>;
  /** The domain whose QEMU was started by this command line; null for every other program. */
  domainIn(commandLine: readonly string[]): string | null;
  /** The IP addresses that a domain has; not there where nobody knows. */
  addressesOf?(domain: string): Promise<string[]>;
}
