import { expect } from 'vitest';
import { checkConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';

/** A configuration that must be refused, and how: a line `LINE:COLUMN message; expected …` each. */
export interface Refused {
  reason: string;
  text: string;
  problems: string[];
}

export function configOf(text: string): Config {
  const result = checkConfig(text);
  if ('problems' in result) expect.fail(JSON.stringify(result.problems));
  return result.config;
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

/** A sound entry of three lines, whose domains are win1 and so on, from one number to another. */
export function seatOf(name: string, from: number, to: number): string {
  const domains = Array.from({ length: to - from + 1 }, (_, index) => `win${from + index}`);
  return `[[seat]]\nname = "${name}"\ndomains = ${JSON.stringify(domains)}\n`;
}

/** A sound entry of four lines for `seat`, by what follows `keys =`, and `to =`. */
export function chord(keys: string, to = '"win10"'): string {
  return `[[chord]]\nkeys = ${keys}\nseat = "desk"\nto = ${to}\n`;
}

/** So many sound chords of four lines each for `seat`, 81 at most. */
export function chords(count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const keys = `f${Math.floor(index / 9) + 1}+${(index % 9) + 1}`;
    return chord(`"${keys}"`);
  }).join('');
}
