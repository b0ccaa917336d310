import type { State } from './protocol.ts';
import type { Viewer } from './visibility.ts';

/** What the service can do for whoever talks to it. Failures are HandglassErrors. */
export interface Operations {
  /** Everything but the guests and what counts the changes, which the server knows itself. */
  state(): Omit<State, 'guests' | 'number' | 'time'>;
  /** Calls the listener after each change of the state, until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /**
   * Moves a seat to `host` or a domain, and resolves when it is there. By the time the move begins
   * the seat may have another owner than when it was asked for: `mayMove` is asked again then.
   */
  give(seat: string, to: string, by: Viewer): Promise<void>;
  /** Moves a seat to the host, or from there to the guest who asks, else to its first domain. */
  toggle(seat: string, by: Viewer): Promise<void>;
  /** Resolve when what can be brought back before the host sleeps is, or given again after it. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** The IOMMU groups of this machine as an SVG document. */
  groupsPicture(): Promise<string>;
  /** Ends the trial that the service was started for; `trial-not-running` where it was for none. */
  confirm(): void;
}
