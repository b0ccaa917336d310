import type { Seat } from '../config/schema.ts';
import type { Seats } from '../seat/seats.ts';
import type { Moves } from './moves.ts';

export interface HostSleep {
  /** Resolves when every seat that is not to sleep in a domain has come back, or cannot. */
  suspend(): Promise<void>;
  /** Gives them again to who had them, unless they have moved since. */
  resume(): Promise<void>;
}

/** What becomes of seats around the host's own sleep; without a service it is forgotten. */
export function createHostSleep(
  configured: readonly Pick<Seat, 'name' | 'onSuspend'>[],
  seats: Pick<Seats, 'view'>,
  moves: Pick<Moves, 'wished'>,
): HostSleep {
  const owners = new Map<string, string>();
  const toBring = new Set(
    configured.filter(({ onSuspend }) => onSuspend === 'host').map(({ name }) => name),
  );

  return {
    async suspend() {
      const away = seats
        .view()
        .seats.map(({ name, owner, moving, move }) => ({
          name,
          // Where it is by the time that it can be brought.
          owner: moving && move !== null ? move.to : owner,
        }))
        .filter(({ name, owner }) => toBring.has(name) && owner !== 'host');
      for (const { name, owner } of away) owners.set(name, owner);
      const why = 'the host goes to sleep';
      await Promise.all(
        away.map(({ name, owner }) => moves.wished({ seat: name, from: owner, to: 'host', why })),
      );
    },
    async resume() {
      const lent = [...owners];
      owners.clear();
      const why = 'the host is awake again';
      await Promise.all(lent.map(([seat, to]) => moves.wished({ seat, from: 'host', to, why })));
    },
  };
}
