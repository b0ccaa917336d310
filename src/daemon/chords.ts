import { HandglassError, reasonOf } from '../errors.ts';
import type { ChordAction } from '../input/listening.ts';
import type { Seats } from '../seat/seats.ts';
import { moveOf, type Problems } from './problems.ts';

/**
 * Does what a chord asks for. Nobody waits for an answer: a failure stays among the problems until
 * the next chord for the same seat succeeds.
 */
export function actOn(
  seats: Seats,
  problems: Problems,
  log: (line: string) => void,
): (action: ChordAction) => Promise<void> {
  return async (action) => {
    const names = seats.view().seats.map(({ name }) => name);
    const about = action.kind === 'panic' ? 'every seat' : action.seat;
    try {
      const owner = await move(seats, action);
      for (const seat of action.kind === 'panic' ? ['every seat', ...names] : [action.seat]) {
        problems.set(moveOf(seat), []);
      }
      log(`${about}: with ${owner} (${action.kind === 'panic' ? 'panic chord' : 'chord'})`);
    } catch (error) {
      const problem = problemFrom(error);
      // The chord was pressed twice: what it asked for first is being done.
      if (problem.code === 'busy') log(`${about}: ${problem.message}`);
      else problems.set(moveOf(about), [problem]);
    }
  };
}

async function move(seats: Seats, action: ChordAction): Promise<string> {
  if (action.kind === 'toggle') return seats.toggle(action.seat);
  if (action.kind === 'panic') await seats.panic();
  else await seats.give(action.seat, action.to);
  return action.kind === 'panic' ? 'host' : action.to;
}

function problemFrom(error: unknown): HandglassError {
  if (error instanceof HandglassError) return error;
  const reasons = error instanceof AggregateError ? error.errors.map(reasonOf) : [reasonOf(error)];
  return new HandglassError('handoff-failed', `${reasons.join('. ')}.`, '', { cause: error });
}
