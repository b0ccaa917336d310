import type { State } from './protocol.ts';
import { visibleState, type Viewer } from './visibility.ts';
import { changes } from './words/change.ts';

export interface Change {
  /** ISO 8601 in UTC. */
  time: string;
  /** A sentence without its end. */
  what: string;
}

/** What a viewer would have seen change over the hub's states, the oldest first. */
export type RecentChanges = (by: Viewer, states: readonly State[]) => Change[];

/** A state follows on the same one for ever, so each is compared but once for all who see the same. */
export function createRecentChanges(): RecentChanges {
  const compared = new WeakMap<State, Map<string, Change[]>>();

  function changesTo(by: Viewer, before: State, after: State): Change[] {
    // No domain is called that.
    const sight = by.kind === 'guest' ? by.domain : '';
    const known = compared.get(after) ?? new Map<string, Change[]>();
    compared.set(after, known);
    const found = known.get(sight) ?? compare(by, before, after);
    known.set(sight, found);
    return found;
  }

  return (by, states) =>
    states.slice(1).flatMap((after, index) => changesTo(by, states[index] ?? after, after));
}

function compare(by: Viewer, before: State, after: State): Change[] {
  return changes(seen(by, before), seen(by, after)).map((what) => ({ time: after.time, what }));
}

function seen(by: Viewer, state: State): State {
  const visible = visibleState(by, state);
  // A guest sees none but itself, which comes whenever it looks.
  return by.kind === 'guest' ? { ...visible, guests: [] } : visible;
}
