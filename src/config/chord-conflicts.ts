import type { Chord } from './chord-text.ts';
import type { Entry } from './entries.ts';
import type { Finding } from './finding.ts';
import { dottedPath } from './locate.ts';

/** A chord of one seat, or of every seat. */
export interface SeatChord {
  keys: Chord;
  holdMs: number;
  /** A seat's name; null for every seat. */
  seat: string | null;
}

/** Chords that cannot be told apart from an earlier one: each with the first that it meets. */
export function chordConflicts(chords: Entry<SeatChord>[]): Finding[] {
  return chords.flatMap(({ path, value }, index) => {
    for (const earlier of chords.slice(0, index)) {
      const wrong = meet(earlier.value, value) ? conflictWith(earlier, value) : null;
      if (wrong !== null)
        return [{ path, wrong, expected: 'chords of which none contains another' }];
    }
    return [];
  });
}

/** Whether one press can be a part of both: on one seat, and both held together or both tapped. */
function meet(one: SeatChord, other: SeatChord): boolean {
  const onOneSeat = one.seat === null || other.seat === null || one.seat === other.seat;
  return onOneSeat && one.keys.taps === other.keys.taps;
}

function conflictWith({ path, value: earlier }: Entry<SeatChord>, chord: SeatChord): string | null {
  const within = isWithin(earlier, chord);
  const around = isWithin(chord, earlier);
  const other = `${dottedPath(path)} (${earlier.keys.text})`;
  if (within && around) return `has the same keys as ${other}`;
  if (within) return `contains ${other}, which ${fireTogether(earlier, chord)}`;
  return around ? `is contained in ${other} and ${fireTogether(chord, earlier)}` : null;
}

function isWithin(lesser: SeatChord, greater: SeatChord): boolean {
  return lesser.keys.keys.every((key) => greater.keys.keys.includes(key));
}

/** What the lesser chord does: it is whole no later than the greater, and stays so for as long. */
function fireTogether({ holdMs }: SeatChord, greater: SeatChord): string {
  return `would fire with it${holdMs > greater.holdMs ? ` if held for ${holdMs} ms` : ''}`;
}
