/** What has happened to each seat since the service began: the last of each kind, and how many there were. */
import { HandglassError, reasonOf } from '../errors.ts';

export interface Story {
  /** The handoff that is under way, else the last. */
  move: { number: number; to: string; why: string; failure: string | null } | null;
  /** What was last done for a device that came, or whose domain ended. */
  repair: { number: number; what: string } | null;
}

export interface Stories {
  of(seat: string): Story;
  /** Gives what is to be told why it has failed, if so; it is void once another has begun. */
  begun(seat: string, to: string, why: string): (error: unknown) => void;
  repaired(seat: string, what: string): void;
}

export function createStories(): Stories {
  const stories = new Map<string, Story>();
  const of = (seat: string): Story => stories.get(seat) ?? { move: null, repair: null };

  return {
    of,
    begun(seat, to, why) {
      const move = { number: (of(seat).move?.number ?? 0) + 1, to, why, failure: null };
      stories.set(seat, { ...of(seat), move });
      return (error) => {
        if (of(seat).move !== move) return;
        stories.set(seat, { ...of(seat), move: { ...move, failure: sentencesIn(error) } });
      };
    },
    repaired(seat, what) {
      const number = (of(seat).repair?.number ?? 0) + 1;
      stories.set(seat, { ...of(seat), repair: { number, what } });
    },
  };
}

function sentencesIn(error: unknown): string {
  return error instanceof HandglassError ? error.what : `${reasonOf(error)}.`;
}
