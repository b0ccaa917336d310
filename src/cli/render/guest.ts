import type { GuestState } from '../../server/protocol.ts';
import { guestText } from '../../server/words/guest.ts';
import { table } from './table.ts';

export function guestLines(guests: readonly GuestState[]): string[] {
  const rows = guests.map((guest) => [...guestCells(guest), guest.address ?? '']);
  if (rows.length > 0) return table(rows);
  return ['No guest is paired. `handglass guest pair DOMAIN` pairs one.'];
}

/** A guest in the cells of a row. */
export function guestCells(guest: GuestState): string[] {
  return [guest.domain, guest.id, guestText(guest)];
}
