/** Which seats there are, and where each can go. */
import type { Seat } from '../config/schema.ts';
import { HandglassError } from '../errors.ts';

/** @throws HandglassError `seat-unknown` */
export function seatCalled(name: string, seats: readonly Seat[]): Seat {
  const seat = seats.find((each) => each.name === name);
  if (seat !== undefined) return seat;
  const names = seats.map((each) => each.name).join(', ');
  throw new HandglassError(
    'seat-unknown',
    `There is no seat "${name}".`,
    names === '' ? 'Add a [[seat]] to the configuration.' : `Name one of: ${names}.`,
  );
}

export function firstOf({ domains }: Seat): string {
  // The configuration refuses a seat without domains.
  return domains[0] ?? 'host';
}

/** @throws HandglassError `target-unknown` */
export function requireTarget({ name, domains }: Seat, to: string): void {
  if (to === 'host' || domains.includes(to)) return;
  throw new HandglassError(
    'target-unknown',
    `The seat "${name}" cannot go to "${to}".`,
    `Its targets are: host, ${domains.join(', ')}.`,
  );
}
