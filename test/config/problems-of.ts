import { checkConfig } from '../../src/config/load.ts';

/** A configuration that must be refused, and how: a line `LINE:COLUMN message; expected …` each. */
export interface Refused {
  reason: string;
  text: string;
  problems: string[];
}

export function problemsOf(text: string): string[] {
  const result = checkConfig(text);
  if ('config' in result) return [];
  return result.problems.map(
    ({ line, column, message, expected }) => `${line}:${column} ${message}; expected ${expected}`,
  );
}

/** A sound entry of four lines, which more can follow. */
export const lookingGlass = `[[looking-glass]]
domain = "win10"
resolution = "2560x1440"
owner = "alice"
`;

/** A sound entry of three lines, likewise. */
export const seat = `[[seat]]
name = "desk"
domains = ["win10"]
`;
