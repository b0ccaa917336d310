/**
 * What peers on the network did and were refused, a line each. Whoever does much of it fills no
 * journal: an address has some lines at once and then one in a while, and how many were left out is
 * told with the next. What matters has lines of its own, so that no junk hides a move; and so has each
 * guest, so that none at the same address hides what another did.
 */
import type { Clock } from '../host/ports.ts';
import { networkOf } from './addresses.ts';
import { createBudget, type Budget } from './budget.ts';

/**
 * Notes what somebody at an address did. The text may hold what a peer sent, but never a secret.
 *
 * @param of whose lines are counted, where that is known; null of what the host's user has decided, of
 *   which nothing is left out
 */
export type Journal = (address: string, text: string, kind?: Kind, of?: string | null) => void;

/** Each has lines of its own. A move that is refused is one too. */
export type Kind = 'entry' | 'access' | 'move' | 'revocation' | 'other';

export function createJournal(clock: Pick<Clock, 'now'>, log: (line: string) => void): Journal {
  const kinds = {
    entry: createLines(clock, log),
    access: createLines(clock, log),
    move: createLines(clock, log),
    revocation: createLines(clock, log),
    other: createLines(clock, log),
  };
  return (address, text, kind = 'other', of = networkOf(address)) => {
    if (of === null) log(lineAt(address, text));
    else kinds[kind](of, address, text);
  };
}

function createLines(
  clock: Pick<Clock, 'now'>,
  log: (line: string) => void,
): (of: string, address: string, text: string) => void {
  const writers = new Map<string, Writer>();
  const newWriter = () => ({
    budget: createBudget(clock, linesPerSecond, linesAtOnce),
    leftOut: 0,
  });
  /** Where there are too many, the newer ones write as one. */
  const crowd = newWriter();

  function writerOf(one: string): Writer {
    const known = writers.get(one);
    if (known !== undefined) return known;
    if (writers.size >= mostWriters) forgetIdle();
    if (writers.size >= mostWriters) return crowd;
    const writer = newWriter();
    writers.set(one, writer);
    return writer;
  }

  function forgetIdle(): void {
    for (const [one, { budget, leftOut }] of writers) {
      if (leftOut === 0 && budget.left() >= linesAtOnce) writers.delete(one);
    }
  }

  return (of, address, text) => {
    const writer = writerOf(of);
    if (!writer.budget.spend(1)) {
      writer.leftOut += 1;
      return;
    }
    if (writer.leftOut > 0) log(`${address}: ${writer.leftOut} lines like these were left out`);
    writer.leftOut = 0;
    log(lineAt(address, text));
  };
}

interface Writer {
  budget: Budget;
  leftOut: number;
}

const linesAtOnce = 30;
const linesPerSecond = 0.2;
const mostWriters = 256;
const longestText = 300;

function lineAt(address: string, text: string): string {
  return `${address}: ${oneLine(text)}`;
}

/**
 * What a peer sent can neither begin a line of its own nor colour a terminal, and has no token or code
 * in it, nor most of one, even where the peer puts it in the wrong place.
 */
function oneLine(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').replace(/[\w-]{22,}/g, '…');
  return shown.length <= longestText ? shown : `${shown.slice(0, longestText)}…`;
}
