import type { GuestState } from '../../server/protocol.ts';
import { table } from './table.ts';
import { localTime } from './time.ts';

export function guestLines(guests: readonly GuestState[]): string[] {
  if (guests.length > 0) return table(guests.map(guestCells));
  return ['No guest is paired. `handglass guest pair DOMAIN` pairs one.'];
}

/** A guest in the cells of a row. */
export function guestCells({ id, domain, connected, lastSeen }: GuestState): string[] {
  return [domain, id, connected ? 'connected' : awaySince(lastSeen)];
}

function awaySince(lastSeen: string | null): string {
  return lastSeen === null ? 'never seen' : `last seen ${localTime(new Date(lastSeen))}`;
}
