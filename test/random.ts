/** Random choices that a seed brings back. */
export interface Random {
  readonly seed: number;
  /** A whole number from 0 to below `end`. */
  below: (end: number) => number;
  oneOf: <T>(choices: readonly [T, ...T[]]) => T;
}

/** With the seed that this environment variable has, or a new one. */
export function seededRandom(variable: string): Random {
  const given = process.env[variable];
  return randomFrom(given === undefined ? Math.trunc(Math.random() * 2 ** 32) : Number(given));
}

/** Always the same for a seed. Mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  function below(end: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.trunc((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }
  const oneOf = <T>(choices: readonly [T, ...T[]]) => choices[below(choices.length)] as T;
  return { seed, below, oneOf };
}
