/**
 * What all connections share: the whole state with its last changes, and which guests are connected.
 *
 * Invariants: a connection that entered as a guest is among that guest's until it leaves, so that
 * revoking the guest ends every one of them; each change of the state has the next number, whether
 * anyone listens or not.
 */
import { HandglassError } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import type { Guests } from './guests.ts';
import type { Operations } from './operations.ts';
import type { GuestState, State } from './protocol.ts';

export interface Hub {
  /** The whole state, guests and their connections included. */
  state(): State;
  /** The whole state after each change that is still known, the oldest first. */
  recent(): readonly State[];
  /** The number of the last change. */
  number(): number;
  /**
   * The first change after the one of this number that is still known; undefined where there is none.
   * Enough of them are kept for whoever reads a little more slowly than the state changes.
   */
  after(number: number): State | undefined;
  guestStates(): GuestState[];
  /** Calls the listener after each change of the whole state, until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /**
   * A guest has come in; `expel` is called when it is revoked. Returns what to call when it leaves. That
   * is told of its first connection and its last alone.
   */
  enter(id: string, address: string, expel: () => void): () => void;
  /** @throws HandglassError `domain-unknown` where no seat lists the domain */
  requireListed(domain: string): void;
  /** @throws HandglassError `guest-unknown` where no guest has this id */
  revoke(id: string): Promise<void>;
}

/** @param report is told what fails without anyone waiting for an answer */
export function createHub(
  clock: Pick<Clock, 'now'>,
  operations: Operations,
  guests: Guests,
  report: (error: unknown) => void,
): Hub {
  const listeners = new Set<() => void>();
  /** By guest, what ends each of its connections. */
  const connected = new Map<string, Set<() => void>>();
  const states: State[] = [];
  let noted = '';
  operations.subscribe(note);

  function note(): State {
    const now = { ...operations.state(), guests: guestStates() };
    const last = states.at(-1);
    const text = JSON.stringify(now);
    if (last !== undefined && text === noted) return last;
    noted = text;
    const time = new Date(clock.now()).toISOString();
    const state = { ...now, number: (last?.number ?? 0) + 1, time };
    states.push(state);
    if (states.length > statesKept) states.shift();
    return state;
  }

  function tell(): void {
    note();
    for (const listener of listeners) listener();
  }

  function seen(id: string, address: string): void {
    guests.seen(id, address).catch(report);
  }

  function guestStates(): GuestState[] {
    return guests.list().map(({ id, domain, lastSeen, address }) => ({
      id,
      domain,
      connected: connected.has(id),
      lastSeen,
      address,
    }));
  }

  return {
    state: note,
    recent: () => states,
    number: () => states.at(-1)?.number ?? 0,
    after: (number) => states.find((state) => state.number > number),
    guestStates,

    subscribe(listener) {
      const unsubscribe = operations.subscribe(listener);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        unsubscribe();
      };
    },

    enter(id, address, expel) {
      const connections = connected.get(id) ?? new Set();
      connected.set(id, connections.add(expel));
      seen(id, address);
      if (connections.size === 1) tell();
      return () => {
        connections.delete(expel);
        seen(id, address);
        if (connections.size > 0) return;
        connected.delete(id);
        tell();
      };
    },

    requireListed(domain) {
      if (operations.state().seats.some((seat) => seat.domains.includes(domain))) return;
      throw unlistedDomain(domain);
    },

    async revoke(id) {
      const written = guests.revoke(id);
      for (const expel of connected.get(id) ?? []) expel();
      tell();
      await written;
    },
  };
}

/** A handoff is some five changes. */
const statesKept = 64;

function unlistedDomain(domain: string): HandglassError {
  return new HandglassError(
    'domain-unknown',
    `No seat lists the domain "${domain}".`,
    'Add it to `domains` of a [[seat]] in the configuration, then restart the service.',
  );
}
