import type { GuestState } from '../protocol.ts';
import { localTime } from './time.ts';

/** Whether a guest is here, or when it last was. */
export function guestText({
  connected,
  lastSeen,
}: Pick<GuestState, 'connected' | 'lastSeen'>): string {
  if (connected) return 'connected';
  return lastSeen === null ? 'never seen' : `last seen ${localTime(new Date(lastSeen))}`;
}
