import type { State } from '../../protocol.ts';
import { changes } from '../../words/change.ts';

/** Something that was seen to happen. */
export interface Happening {
  /** Counts them. */
  number: number;
  time: Date;
  what: string;
}

/** The newest first, and no more than can be looked through. */
export function withNews(
  happenings: readonly Happening[],
  news: readonly string[],
  time: Date,
): Happening[] {
  const next = (happenings[0]?.number ?? 0) + 1;
  const added = news.map((what, index) => ({ number: next + index, time, what }));
  return [...added.toReversed(), ...happenings].slice(0, kept);
}

/** What differs after a time without connection, of which nobody told one by one. */
export function changesMeanwhile(before: State, after: State): string[] {
  return changes({ ...before, number: after.number - 1 }, after);
}

const kept = 30;
