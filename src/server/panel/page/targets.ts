import { isActive } from '../../../domain/run-state.ts';
import type { SeatState, State } from '../../protocol.ts';

/** Where a seat may be given, and what stands in the way of it. */
export interface Target {
  name: string;
  is: 'owner' | 'arriving' | 'open' | 'closed';
  /** Why it is closed; empty otherwise. */
  reason: string;
}

interface Circumstances {
  domains: State['domains'];
  /** Who looks: `host`, or the domain of a guest. */
  viewer: string;
  connected: boolean;
  /** Where the seat has been asked to go, until the service has answered. */
  asked: string | undefined;
}

export function targetsOf(seat: SeatState, circumstances: Circumstances): Target[] {
  return ['host', ...seat.domains].map((name) => ({
    name,
    ...standing(name, seat, circumstances),
  }));
}

/** Where a seat is going; undefined where it goes nowhere, and where that is not told. */
export function destination(seat: SeatState, asked: string | undefined): string | undefined {
  return seat.moving ? (seat.move?.to ?? asked) : asked;
}

function standing(
  name: string,
  seat: SeatState,
  { domains, viewer, connected, asked }: Circumstances,
): Omit<Target, 'name'> {
  const moves = seat.moving || asked !== undefined;
  if (moves && name === destination(seat, asked)) return { is: 'arriving', reason: '' };
  if (name === seat.owner) return { is: 'owner', reason: '' };
  if (!connected) return closed('no connection');
  if (moves) return closed('the seat is moving');
  // What the service would refuse anyway.
  if (viewer !== 'host' && seat.owner !== 'host' && seat.owner !== viewer) {
    return closed('another virtual machine has it');
  }
  const state = domains.find((domain) => domain.name === name)?.state;
  // What is not known now may be known by the time that it is asked for.
  if (name === 'host' || state === undefined || state === 'unknown' || isActive({ state })) {
    return { is: 'open', reason: '' };
  }
  return closed(`not running (${state})`);
}

function closed(reason: string): Omit<Target, 'name'> {
  return { is: 'closed', reason };
}
