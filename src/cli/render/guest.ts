import type { GuestState } from '../../server/protocol.ts';

/** A guest in the cells of a row. */
export function guestCells({ id, domain, connected, lastSeen }: GuestState): string[] {
  const away = lastSeen === null ? 'never seen' : `last seen ${lastSeen}`;
  return ['guest', domain, `${id}, ${connected ? 'connected' : away}`];
}
