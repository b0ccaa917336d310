/** What the server lets callers do, done with the seats. */
import type { Config } from '../config/schema.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import type { Seats } from '../seat/seats.ts';
import type { SeatView } from '../seat/view.ts';
import type { Operations } from '../server/operations.ts';
import { mayMove, type Viewer } from '../server/visibility.ts';
import type { HostSleep } from './host-sleep.ts';
import type { LookingGlassView } from './looking-glass.ts';
import type { Lockout } from './lockout.ts';
import { createPatience } from './patience.ts';
import { moveOf, type Problems } from './problems.ts';

export interface OperationsParts {
  clock: Pick<Clock, 'now'>;
  config: Pick<Config, 'seats' | 'lookingGlass'>;
  version: string;
  seats: Seats;
  problems: Problems;
  lookingGlass: () => LookingGlassView[];
  lockout: Lockout;
  /** Whether a guest has not been revoked. */
  knows: (guest: string) => boolean;
  hostSleep: HostSleep;
  groupsPicture: Operations['groupsPicture'];
  /** Ends the trial that the service was started for, or throws. */
  confirm: () => void;
  subscribe: Operations['subscribe'];
  log: (line: string) => void;
}

export function operationsOn(parts: OperationsParts): Operations {
  const { config, version, seats, problems, lookingGlass, lockout, hostSleep } = parts;
  const { clock, knows, groupsPicture, confirm, subscribe, log } = parts;
  const patience = createPatience(clock, log);
  const named = new Set([
    ...config.seats.flatMap(({ domains }) => domains),
    ...config.lookingGlass.map(({ domain }) => domain),
  ]);
  return {
    state() {
      const { seats: views, domains } = seats.view();
      const all = problems
        .list()
        .map(({ code, what, remedy }) => ({ code, message: what, remedy }));
      return {
        version,
        seats: views,
        domains: [...named].map((name) => ({
          name,
          state: domains.find((domain) => domain.name === name)?.state ?? 'unknown',
        })),
        lookingGlass: lookingGlass(),
        problems: all.filter(({ code }) => code !== 'address-absent'),
        waiting: all.filter(({ code }) => code === 'address-absent'),
      };
    },
    subscribe,
    ...hostSleep,
    groupsPicture,
    confirm,
    give: (seat, to, by) =>
      told(seat, by, async () => {
        const check = checkAtTurn(by, to);
        await seats.give(seat, to, { why: nameOf(by), check });
        return to;
      }),
    toggle: (seat, by) =>
      told(seat, by, () => {
        const own = by.kind === 'guest' ? by.domain : undefined;
        const check = checkAtTurn(by, 'host');
        return seats.toggle(seat, own, { why: nameOf(by), check });
      }),
  };

  /** The journal has every move that was tried with its reason, also those of which a guest is told little. */
  async function told(seat: string, by: Viewer, move: () => Promise<string>): Promise<void> {
    const over = by.kind === 'guest' ? patience.ask(by.id) : () => {};
    try {
      lockout.requireOpen(by);
      const owner = await move();
      problems.set(moveOf(seat), []);
      log(`${seat}: with ${owner} (${nameOf(by)})`);
    } catch (error) {
      log(`${seat}: not moved (${nameOf(by)}): ${reasonOf(error)}.`);
      throw error;
    } finally {
      over();
    }
  }

  /** A move may have waited while the seat went elsewhere, the panic chord was pressed or its guest revoked. */
  function checkAtTurn(by: Viewer, to: string): (seat: SeatView) => void {
    return (seat) => {
      lockout.requireOpen(by);
      if (by.kind === 'guest' && !knows(by.id)) throw revoked();
      requireMay(by, seat, to);
    };
  }
}

function requireMay(by: Viewer, seat: SeatView, to: string): void {
  if (mayMove(by, seat, to)) return;
  throw new HandglassError(
    'not-permitted',
    `The seat "${seat.name}" has meanwhile gone elsewhere.`,
    'Ask for it on the host.',
  );
}

function revoked(): HandglassError {
  return new HandglassError(
    'not-permitted',
    'This guest was revoked.',
    'Pair it anew on the host: `handglass guest pair DOMAIN`.',
  );
}

function nameOf(by: Viewer): string {
  if (by.kind === 'guest') return `guest ${by.id}`;
  return by.kind === 'panel' ? 'panel' : 'command line';
}
