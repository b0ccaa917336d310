import { keyCode, nearestKeyName } from './key-names.ts';
import { mostChordKeys } from './limits.ts';

/** Keys that trigger an action when they are down together. */
export interface Chord {
  /** As written: `leftctrl+rightctrl`. */
  text: string;
  /** The kernel's key codes, ascending; two to `mostChordKeys`, no two alike. */
  keys: number[];
}

/** Why a text is no chord: a clause that follows its key (`names leftctrl twice`), and the remedy. */
export interface ChordProblem {
  wrong: string;
  expected: string;
}

/** Reads `leftctrl+rightctrl`. */
export function parseChord(text: string): Chord | ChordProblem {
  const names = text.split('+');
  const unknown = names.filter((name) => keyCode(name) === undefined);
  if (unknown.length > 0) return unknownKeys(names, unknown);

  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    return { wrong: `names ${twice} twice`, expected: 'each key once' };
  }
  if (names.length < 2) {
    return {
      wrong: `is the single key ${text}, which would be lost for typing`,
      expected: 'two keys or more, such as "leftctrl+rightctrl"',
    };
  }
  if (names.length > mostChordKeys) {
    return { wrong: `names ${names.length} keys`, expected: `${mostChordKeys} keys at most` };
  }
  const keys = names.flatMap((name) => keyCode(name) ?? []);
  return { text, keys: keys.toSorted((a, b) => a - b) };
}

function unknownKeys(names: string[], unknown: string[]): ChordProblem {
  const known = names.map((name) => (keyCode(name) === undefined ? nearestKeyName(name) : name));
  const kind = unknown.length === 1 ? 'the unknown key' : 'the unknown keys';
  return {
    wrong: `names ${kind} ${unknown.map((name) => JSON.stringify(name)).join(', ')}`,
    expected: known.includes(undefined)
      ? "Linux's names of keys joined by +, such as leftctrl, f12, pause or btn_side"
      : JSON.stringify(known.join('+')),
  };
}
