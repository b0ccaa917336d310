/**
 * Pictures of the machine, which a browser fetches by a plain request: the path that it is told over
 * its connection has a secret in it, since such a request tells nothing of who sends it.
 */
import type { Clock } from '../host/ports.ts';
import type { Operations } from './operations.ts';
import { createSecrets } from './secrets.ts';

export interface Pictures {
  /** A path where the picture can be fetched for 12 hours, made anew each time. */
  place(): string;
  /** The SVG document at a path; null where there is none. */
  at(path: string): Promise<string> | null;
}

export function createPictures(
  clock: Pick<Clock, 'now'>,
  { groupsPicture }: Pick<Operations, 'groupsPicture'>,
): Pictures {
  const secrets = createSecrets<true>(clock, { bytes: 16, lifeMs: 12 * 3_600_000 });
  return {
    place: () => `/groups/${secrets.make(true).secret}.svg`,
    at(path) {
      const secret = /^\/groups\/([\w-]{22})\.svg$/.exec(path)?.[1];
      return secret === undefined || secrets.find(secret) === null ? null : groupsPicture();
    },
  };
}
