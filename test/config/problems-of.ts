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

/** So many sound seats of three lines each, of which the first is `seat`. */
export function seats(count: number): string {
  const others = Array.from({ length: count - 1 }, (_, index) =>
    seat.replace('desk', `desk${index + 2}`),
  );
  return [seat, ...others].join('');
}

/** So many sound chords of four lines each for `seat`, 81 at most. */
export function chords(count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const keys = `f${Math.floor(index / 9) + 1}+${(index % 9) + 1}`;
    return `[[chord]]\nkeys = "${keys}"\nseat = "desk"\nto = "win10"\n`;
  }).join('');
}
