import type { State } from './protocol.ts';
import { visibleState, type Viewer } from './visibility.ts';
import { changes } from './words/change.ts';

export interface Change {
  /** ISO 8601 in UTC. */
  time: string;
  /** A sentence without its end. */
  what: string;
}

/** What a viewer would have seen change over these states, the oldest first. */
export function recentChanges(by: Viewer, states: readonly State[]): Change[] {
  const seen = (state: State) => {
    const visible = visibleState(by, state);
    // A guest sees none but itself, which comes whenever it looks.
    return by.kind === 'guest' ? { ...visible, guests: [] } : visible;
  };
  return states.flatMap((after, index) => {
    const before = states[index - 1];
    if (before === undefined) return [];
    return changes(seen(before), seen(after)).map((what) => ({ time: after.time, what }));
  });
}
