import { HandglassError, reasonOf } from '../errors.ts';
import type { MoveReason } from '../host/ports.ts';
import type { InputEvents, InputSwitch } from '../input/switching.ts';
import type { Wish } from '../seat/life.ts';
import type { Seats } from '../seat/seats.ts';
import type { SeatView } from '../seat/view.ts';
import { moveOf, type Problems } from './problems.ts';

export interface Moves extends Pick<InputEvents, 'chord' | 'panic'> {
  /** The seat's input devices have another owner, or are to have. */
  moved(seat: string, owner: string, why: MoveReason | 'stall'): void;
  /** A seat is to go elsewhere by what has become of a domain; resolves when it has, or cannot. */
  wished(wish: Wish): Promise<void>;
}

/**
 * Completes what the switchboard has begun or asks for: after a chord, or when the input devices came
 * back by themselves, the rest of the seat follows. Nobody waits for an answer: a failure stays
 * among the problems until the seat's next move succeeds.
 */
export function completeMoves(
  seats: Seats,
  input: Pick<InputSwitch, 'stay'>,
  problems: Problems,
  log: (line: string) => void,
): Moves {
  async function follow(
    seat: string,
    to: string,
    why: string,
    check: (view: SeatView) => void = () => {},
  ): Promise<void> {
    try {
      await seats.give(seat, to, check);
      problems.set(moveOf(seat), []);
      log(`${seat}: with ${to} (${why})`);
    } catch (error) {
      const problem = problemFrom(error);
      // By a chord they may wait for keys to go up, as they would for ever once nobody follows.
      input.stay(seat);
      // The chord was pressed twice, or somebody was quicker: what was asked for first is being done.
      if (problem.code === 'busy') log(`${seat}: ${problem.message}`);
      else problems.set(moveOf(seat), [problem]);
    }
  }

  async function followAll(): Promise<void> {
    const names = seats.view().seats.map(({ name }) => name);
    try {
      await seats.panic();
      for (const seat of ['every seat', ...names]) problems.set(moveOf(seat), []);
      log('every seat: with host (panic chord)');
    } catch (error) {
      problems.set(moveOf('every seat'), [problemFrom(error)]);
    }
  }

  return {
    chord(seat, to, cycle) {
      const owner = seats.view().seats.find(({ name }) => name === seat)?.owner ?? 'host';
      void follow(seat, to === 'host' ? to : after(owner, cycle), 'chord');
    },
    panic: () => void followAll(),
    moved(seat, owner, why) {
      const story = stories[why];
      // Every other move is completed by whoever asked for it.
      if (story !== null && owner === 'host') void follow(seat, owner, story);
    },
    wished: ({ seat, from, to, why }) =>
      follow(seat, to, why, (view) => requireStillWith(from, view)),
  };
}

const stories: Record<MoveReason | 'stall', string | null> = {
  asked: null,
  chord: null,
  panic: null,
  death: 'the domain has ended',
  deaf: 'the domain has let go of its keyboard and mouse',
  trial: 'the trial is over',
  stall: 'the domain hangs',
};

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
