/**
 * What a viewer may know and do. The invariant: nothing that a guest is told names a domain other
 * than its own, or depends on a seat that does not list its domain. So text that was written for
 * the host's user (problems, reasons of failures) never goes to a guest: it may name anything.
 */
import { HandglassError } from '../errors.ts';
import type { DeviceState, SeatState, State } from './protocol.ts';

/**
 * Who looks: a user of this machine, by the command line or by a panel in a browser on it, or a guest
 * that speaks for its domain; one that has come by the link of another may do so only `until` then, in
 * milliseconds since the epoch.
 */
export type Viewer =
  | { kind: 'local' }
  | { kind: 'panel' }
  | { kind: 'guest'; id: string; domain: string; until?: number };

/** What a guest reads as the owner of a seat that is neither with the host nor with itself. */
const otherOwner = 'other';

/** The part of the state that a viewer sees. */
export function visibleState(viewer: Viewer, state: State): State {
  if (viewer.kind !== 'guest') return state;
  const { id, domain } = viewer;
  return {
    number: 0,
    time: '',
    version: state.version,
    seats: state.seats.filter((seat) => sees(viewer, seat)).map((seat) => seatFor(domain, seat)),
    domains: state.domains.filter(({ name }) => name === domain),
    lookingGlass: state.lookingGlass
      .filter((entry) => entry.domain === domain)
      .map((entry) => ({ ...entry, path: '' })),
    guests: state.guests.filter((guest) => guest.id === id),
    problems: [],
  };
}

/**
 * The seat of that name, or the only one where no name is given, as the state has it.
 *
 * @throws HandglassError `seat-unknown`, the same whether the seat is hidden or does not exist;
 *   `usage` where no name is given and the viewer sees several
 */
export function findSeat(viewer: Viewer, seats: readonly SeatState[], name?: string): SeatState {
  const visible = seats.filter((seat) => sees(viewer, seat));
  const found = name === undefined ? visible : visible.filter((seat) => seat.name === name);
  const [seat, ...others] = found;
  const names = visible.map((each) => each.name).join(', ');
  if (seat === undefined) {
    throw new HandglassError(
      'seat-unknown',
      name === undefined ? 'There is no seat.' : `There is no seat "${name}".`,
      names === ''
        ? 'List the domain in a [[seat]] of the configuration.'
        : `Name one of: ${names}.`,
    );
  }
  if (others.length > 0) {
    throw new HandglassError('usage', 'There are several seats.', `Name one of: ${names}.`);
  }
  return seat;
}

/**
 * Whether the viewer may move a seat that it sees: a guest only between the host and itself, so
 * neither to a third domain nor away from one. Whoever carries the move out asks again when it is
 * the move's turn, because the owner may have changed meanwhile.
 */
export function mayMove(
  viewer: Viewer,
  seat: Pick<SeatState, 'owner' | 'domains'>,
  to: string,
): boolean {
  if (viewer.kind !== 'guest') return true;
  const ownSide = (owner: string) => owner === 'host' || owner === viewer.domain;
  return sees(viewer, seat) && ownSide(seat.owner) && ownSide(to);
}

/** A failure of a move, as the viewer may read it. What nobody foresaw is told to no peer anyway. */
export function visibleError(viewer: Viewer, error: unknown): unknown {
  if (viewer.kind !== 'guest' || !(error instanceof HandglassError)) return error;
  // Written for guests.
  if (error.code === 'locked-out') return error;
  if (error.code === 'busy') {
    return new HandglassError('busy', 'The seat cannot go just now.', 'Ask again in a moment.');
  }
  return new HandglassError(error.code, 'The host could not move the seat.', hostKnows);
}

const hostKnows = 'Ask on the host: `handglass status` there has the details.';

function sees(viewer: Viewer, seat: Pick<SeatState, 'domains'>): boolean {
  return viewer.kind !== 'guest' || seat.domains.includes(viewer.domain);
}

function seatFor(domain: string, seat: SeatState): SeatState {
  return {
    name: seat.name,
    owner: ownerFor(domain, seat.owner),
    domains: [domain],
    moving: seat.moving,
    move: null,
    repair: null,
    devices: seat.devices.map((device) => deviceFor(domain, device)),
  };
}

function deviceFor(domain: string, device: DeviceState): DeviceState {
  return {
    ...device,
    with: device.with === null ? null : ownerFor(domain, device.with),
    problem: device.problem === null ? null : hostKnows,
  };
}

function ownerFor(domain: string, owner: string): string {
  return owner === 'host' || owner === domain ? owner : otherOwner;
}
