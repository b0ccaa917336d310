import { resolve } from 'node:path';
import { usualPath } from '../config/usual-path.ts';

/** Flags that several commands share. */

export const jsonFlag = {
  kind: 'boolean',
  brief: 'Print JSON',
  optional: true,
  withNegated: false,
} as const;

export const configFlag = {
  kind: 'parsed',
  brief: 'Configuration file',
  placeholder: 'FILE',
  parse: (path: string) => resolve(notEmpty(path)),
  default: usualPath,
} as const;

/** Where something new is written. */
export const newFileFlag = {
  kind: 'parsed',
  brief: 'File to make; one that is there is left alone',
  placeholder: 'FILE',
  parse: (path: string) => resolve(notEmpty(path)),
} as const;

/** What a look is about in place of this machine. */
export const fromFlag = {
  kind: 'parsed',
  brief: 'Look at this archive',
  placeholder: 'FILE',
  parse: (path: string) => resolve(notEmpty(path)),
  optional: true,
} as const;

/** Where a picture goes in place of the screen: see give-picture.ts. */
export const svgFlag = {
  kind: 'parsed',
  brief: 'A picture; - prints it',
  placeholder: 'FILE',
  parse: (path: string) => (path === '-' ? path : resolve(notEmpty(path))),
  optional: true,
} as const;

/** A positional argument that is taken as it stands. */
export function argument<Name extends string>(placeholder: Name, brief: string) {
  return { placeholder, brief, parse: notEmpty } as const;
}

/** An empty word is mostly a variable of a script that was never set. */
function notEmpty(word: string): string {
  if (word === '') throw new RangeError('it is empty');
  return word;
}
