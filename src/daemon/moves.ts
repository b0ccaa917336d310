import { isAway } from '../domain/domain.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import type { MoveReason } from '../host/switchboard-port.ts';
import type { InputEvents } from '../input/switching.ts';
import type { Wish } from '../seat/life.ts';
import type { Asked, Seats, SeatsView } from '../seat/seats.ts';
import type { SeatView } from '../seat/view.ts';
import { moveOf, type Problems } from './problems.ts';

export interface Moves extends Pick<InputEvents, 'chord' | 'panic'> {
  /** The seat's input devices have another owner. */
  moved(seat: string, owner: string, why: MoveReason): void;
  /** The domain that has the seat hangs. */
  stalled(seat: string): void;
  /**
   * A seat is to go elsewhere by what has become of a domain; resolves when it has, or with why it
   * cannot for now.
   */
  wished(wish: Wish): Promise<HandglassError | null>;
  /** To be told each view: what a failed move was to do may have come about without it. */
  seen(view: SeatsView): void;
}

/**
 * Completes what the switchboard has begun or asks for: after a chord, or when the input devices came
 * back by themselves, the rest of the seat follows. Nobody waits for an answer: a failure stays
 * among the problems until the seat's next move succeeds, or all of it is where it was to go. What
 * was to come home while nobody could be asked is tried again once somebody can.
 */
export function completeMoves(
  clock: Clock,
  seats: Seats,
  problems: Problems,
  log: (line: string) => void,
  signal: AbortSignal,
): Moves {
  const failed = new Map<string, Failure>();

  function settle(seat: string): void {
    failed.delete(seat);
    problems.set(moveOf(seat), []);
  }

  async function tell(
    { seat, to, why, move }: Told,
    tries = mostTries,
  ): Promise<HandglassError | null> {
    try {
      await move();
      settle(seat);
      log(`${seat}: with ${to} (${why})`);
      return null;
    } catch (error) {
      const problem = problemFrom(error);
      // Somebody was quicker: what was asked for first is being done.
      if (problem.code === 'busy') {
        log(`${seat}: ${problem.message}`);
        return problem;
      }
      // A move to a domain would come as a surprise by then.
      const isAgain = to === 'host' && isAway(error) && tries > 1;
      const again = isAgain ? () => tell({ seat, to, why, move }, tries - 1) : null;
      failed.set(seat, { to, number: numberOf(seats.view(), seat), again });
      problems.set(moveOf(seat), [isAway(error) && !isAgain ? last(problem, seat, to) : problem]);
      if (isAgain) void seeLater();
      return problem;
    }
  }

  /** Nothing that is shown need change until then. */
  async function seeLater(): Promise<void> {
    await clock.sleep(pauseMs, signal).then(
      () => seen(seats.view()),
      () => {},
    );
  }

  function seen({ seats: now, problem }: SeatsView): void {
    if (problem !== null) return;
    for (const seat of now) {
      const failure = failed.get(seat.name);
      if (failure === undefined || seat.moving) continue;
      // Something else has been asked of it since, and done.
      const { move } = seat;
      if (move?.failure === null && move.number !== failure.number) failed.delete(seat.name);
      // What a libvirt that has just started says may change yet: to be home at a look is not enough.
      else if (failure.again !== null) {
        failed.delete(seat.name);
        void failure.again();
      } else if (isWholeWith(failure.to, seat)) settle(seat.name);
    }
  }

  const follow = (seat: string, to: string, why: string) =>
    void tell({ seat, to, why, move: () => seats.follow(seat, to, why) });
  const give = (seat: string, to: string, asked: Asked & { why: string }) =>
    tell({
      seat,
      to,
      why: asked.why,
      move: () => (to === 'host' ? seats.bring(seat, asked) : seats.give(seat, to, asked)),
    });

  return {
    chord(seat, to, cycle) {
      const owner = seats.view().seats.find(({ name }) => name === seat)?.owner ?? 'host';
      follow(seat, to === 'host' ? to : after(owner, cycle), 'chord');
    },
    panic() {
      for (const { name } of seats.view().seats) {
        void tell({ seat: name, to: 'host', why: 'panic chord', move: () => seats.panic(name) });
      }
    },
    moved(seat, owner, why) {
      const story = stories[why];
      // Every other move is completed by whoever asked for it.
      if (story !== null) follow(seat, owner, story);
    },
    stalled: (seat) => void give(seat, 'host', { why: 'the domain hangs', isRule: true }),
    wished: ({ seat, from, to, why }) =>
      give(seat, to, { why, isRule: true, check: (view) => requireStillWith(from, view) }),
    seen,
  };
}

/** Nobody tries it by itself any more, whatever the reason says of that. */
function last({ code, what }: HandglassError, seat: string, to: string): HandglassError {
  return new HandglassError(code, what, `Once it answers: \`handglass give ${seat} ${to}\`.`);
}

interface Told {
  seat: string;
  to: string;
  why: string;
  move: () => Promise<void>;
}

interface Failure {
  to: string;
  /** Of the move, as the seat's story has it. */
  number: number | undefined;
  again: (() => Promise<unknown>) | null;
}

/** Of one move home, should what is asked be there in one moment and away in the next. */
const mostTries = 3;
const pauseMs = 2000;

const stories: Record<MoveReason, string | null> = {
  asked: null,
  chord: 'chord',
  panic: null,
  death: 'the domain has ended',
  deaf: 'the domain has let go of its keyboard and mouse',
  trial: 'the trial is over',
};

function numberOf({ seats }: SeatsView, name: string): number | undefined {
  return seats.find((seat) => seat.name === name)?.move?.number;
}

function isWholeWith(to: string, seat: SeatsView['seats'][number]): boolean {
  if (seat.moving || seat.owner !== to) return false;
  return seat.devices.every((device) => device.with === null || device.with === to);
}

/** What has gone home meanwhile is as free as it was. */
function requireStillWith(from: string, { name, owner }: SeatView): void {
  if (owner === from || owner === 'host') return;
  throw new HandglassError('busy', `The seat "${name}" has meanwhile gone to "${owner}".`);
}

/** The first, unless the owner is among them. */
function after(owner: string, cycle: readonly string[]): string {
  return cycle[(cycle.indexOf(owner) + 1) % cycle.length] ?? 'host';
}

function problemFrom(error: unknown): HandglassError {
  if (error instanceof HandglassError) return error;
  const reasons = error instanceof AggregateError ? error.errors.map(reasonOf) : [reasonOf(error)];
  return new HandglassError('handoff-failed', `${reasons.join('. ')}.`, '', { cause: error });
}
