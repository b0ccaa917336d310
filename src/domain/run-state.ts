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

/** States in which a guest can be given devices. */
const activeStates: readonly string[] = [
  'running',
  'blocked',
  'paused',
  'shutting down',
  'suspended',
] satisfies DomainRunState[];

export function isActive({ state }: { state: string }): boolean {
  return activeStates.includes(state);
}
