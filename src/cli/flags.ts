import { resolve } from 'node:path';

/** Flags that several commands share. */

export const jsonFlag = {
  kind: 'boolean',
  brief: 'Print JSON',
  default: false,
  withNegated: false,
} as const;

export const configFlag = {
  kind: 'parsed',
  brief: 'Read this configuration file',
  placeholder: 'FILE',
  parse: (path: string) => resolve(path),
  default: '/etc/handglass/handglass.toml',
} as const;

/** A positional argument that is taken as it stands. */
export function argument<Name extends string>(placeholder: Name, brief: string) {
  return { placeholder, brief, parse: String } as const;
}
