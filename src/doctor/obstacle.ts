/** What stands between a PCI device and a guest. */
export interface Obstacle {
  id:
    | 'iommu-off'
    | 'iommu-unknown'
    | 'interrupts'
    | 'no-group'
    | 'group-shared'
    | 'group-goes-along'
    | 'in-use'
    | 'use-unknown'
    | 'facts-unknown'
    | 'boot-display'
    | 'no-outputs'
    | 'no-reset'
    | 'driver'
    | 'too-many';
  /**
   * `blocks`: it cannot go as things are. `unknown`: it could not be read whether it can. `step`: it can
   * go once this is done, which loses nothing. `risk`: it can go, and this may go wrong.
   */
  weight: 'blocks' | 'unknown' | 'step' | 'risk';
  /** A few words that go on after "stays: ", "unknown: ", "can go once " or "can go, but ". */
  brief: string;
  /** One sentence or two. */
  explanation: string;
  /** What to do about it, likewise; empty where nothing can be done. */
  remedy: string;
}
