import { styleText } from 'node:util';
import type { Change } from '../../doctor/changes.ts';
import { titleOf, verdictText } from './doctor.ts';

/** `problem  Files of shared memory: /dev/shm/looking-glass  It is not there. $ sudo …`, on one line. */
export function changeLine({ isGone, result }: Change): string {
  const { explanation, remedy } = result;
  if (isGone) return `no more  ${titleOf(result)}`;
  return [
    verdictText(result.verdict),
    titleOf(result),
    explanation,
    ...(remedy === null ? [] : [styleText('dim', `$ ${remedy}`)]),
  ].join('  ');
}
