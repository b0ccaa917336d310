import type { Seat } from '../config/schema.ts';
import { isAway } from '../domain/domain.ts';
import type { HandglassError } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import type { Seats, SeatsView } from '../seat/seats.ts';
import type { Moves } from './moves.ts';

export interface HostSleep {
  /** Resolves when every seat that is not to sleep in a domain has come back, or cannot. */
  suspend(): Promise<void>;
  /**
   * Gives them again to who had them, unless they have moved since. Resolves when each has been tried
   * once; for a while it is tried again where the machine is not yet what it was.
   */
  resume(): Promise<void>;
}

/** What becomes of seats around the host's own sleep; without a service it is forgotten. */
export function createHostSleep(
  clock: Clock,
  configured: readonly Pick<Seat, 'name' | 'onSuspend'>[],
  seats: Pick<Seats, 'view'>,
  moves: Pick<Moves, 'wished'>,
  signal: AbortSignal,
): HostSleep {
  /** Of the seats that are to go again. */
  const owners = new Map<string, string>();
  const toBring = new Set(
    configured.filter(({ onSuspend }) => onSuspend === 'host').map(({ name }) => name),
  );
  let waking = new AbortController();

  async function giveAgain(
    seat: string,
    to: string,
    limit: number,
    ending: AbortSignal,
  ): Promise<void> {
    const view = seats.view().seats.find(({ name }) => name === seat);
    const problem =
      view !== undefined && isAsBrought(view)
        ? await moves.wished({ seat, from: 'host', to, why: whys.resume })
        : null;
    // What has not gone by the next sleep goes after that.
    if (ending.aborted) return;
    const pauseMs = problem === null ? null : pauseAfter(problem);
    if (pauseMs === null || clock.now() + pauseMs > limit) {
      owners.delete(seat);
      return;
    }
    // Whoever waits for it holds up the next sleep.
    void clock.sleep(pauseMs, ending).then(
      () => giveAgain(seat, to, limit, ending),
      () => {},
    );
  }

  return {
    async suspend() {
      waking.abort();
      const away = seats
        .view()
        .seats.map((seat) => ({ name: seat.name, owner: ownerSoon(seat) }))
        .filter(({ name, owner }) => toBring.has(name) && owner !== 'host');
      for (const { name, owner } of away) owners.set(name, owner);
      const why = whys.suspend;
      await Promise.all(
        away.map(({ name, owner }) => moves.wished({ seat: name, from: owner, to: 'host', why })),
      );
    },
    async resume() {
      waking.abort();
      waking = new AbortController();
      const ending = AbortSignal.any([signal, waking.signal]);
      const limit = clock.now() + limitMs;
      await Promise.all([...owners].map(([seat, to]) => giveAgain(seat, to, limit, ending)));
    },
  };
}

const whys = { suspend: 'the host goes to sleep', resume: 'the host is awake again' };
const limitMs = 30_000;

type SeatNow = SeatsView['seats'][number];

/** Where it is by the time that it can be moved again. */
function ownerSoon({ owner, moving, move }: SeatNow): string {
  return moving && move !== null ? move.to : owner;
}

/** Whether it is at the host, and by nobody else's doing. */
function isAsBrought(seat: SeatNow): boolean {
  return ownerSoon(seat) === 'host' && Object.values(whys).includes(seat.move?.why ?? '');
}

/**
 * Null where it would fail again. For a while after sleep devices come anew and libvirt wakes too, and the seat may
 * be on its way home still. What has failed in the midst of it has moved devices there and back.
 */
function pauseAfter(problem: HandglassError): number | null {
  if (problem.code === 'handoff-failed') return 7_000;
  const isPassing = problem.code === 'device-absent' || problem.code === 'busy' || isAway(problem);
  return isPassing ? 2_000 : null;
}
