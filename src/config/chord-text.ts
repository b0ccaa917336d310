import { doubledWhile } from './doubled-keys.ts';
import { grabTogglesAmong, ourGrabToggle } from './grab-toggle.ts';
import { keyCode, nearestKeyName } from './key-names.ts';
import { mostChordKeys } from './limits.ts';

/** Keys that trigger an action when they are down together, or one key when it is tapped twice. */
export interface Chord {
  /** As written, but for spaces around +: `leftctrl+rightctrl`, `leftctrl leftctrl`. */
  text: string;
  /**
   * The kernel's key codes, ascending: two to `mostChordKeys` held together, no two alike; the one
   * key of a double tap.
   */
  keys: number[];
  taps: 1 | 2;
}

/** Why a text is no chord: a clause that follows its key (`names leftctrl twice`), and the remedy. */
export interface ChordProblem {
  wrong: string;
  expected: string;
}

/** Reads `leftctrl+rightctrl` or `leftctrl + rightctrl`, and `leftctrl leftctrl` for a double tap. */
export function parseChord(text: string): Chord | ChordProblem {
  const tight = text.trim().replaceAll(/\s*\+\s*/g, '+');
  return /\s/.test(tight) ? parseTaps(tight) : parseTogether(tight);
}

function parseTaps(text: string): Chord | ChordProblem {
  const names = text.split(/\s+/);
  if (names.some((name) => name.includes('+'))) {
    return {
      wrong: 'taps keys that are held together',
      expected:
        'either keys held together, such as "leftctrl+rightctrl", or one key tapped twice, such as "leftctrl leftctrl"',
    };
  }
  const unknown = names.filter((name) => keyCode(name) === undefined);
  if (unknown.length > 0) return unknownKeys(names, unknown, ' ');

  const [name = '', ...others] = names;
  if (others.some((other) => other !== name)) {
    const together = [...new Set(names)].join('+');
    return {
      wrong: 'taps different keys',
      expected: `one key tapped twice, such as ${doubleTapOf(name)}, or keys held together: "${together}"`,
    };
  }
  const everyday = doubledWhile(name);
  if (everyday !== null) {
    return {
      wrong: `taps ${name}, and would fire while ${everyday}`,
      expected: `a key that is never pressed twice in a row, such as ${doubleTapOf(name)}`,
    };
  }
  if (names.length > 2) {
    return {
      wrong: `taps ${name} ${names.length} times`,
      expected: `two taps: ${doubleTapOf(name)}`,
    };
  }
  return { text, keys: codesOf([name]), taps: 2 };
}

function parseTogether(text: string): Chord | ChordProblem {
  const names = text.split('+');
  const unknown = names.filter((name) => keyCode(name) === undefined);
  if (unknown.length > 0) return unknownKeys(names, unknown, '+');

  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    return {
      wrong: `names ${twice} twice`,
      expected: `each key once, or a double tap: ${doubleTapOf(twice)}`,
    };
  }
  if (names.length < 2) {
    return {
      wrong: `is the single key ${text}, which would be lost for typing`,
      expected: `two keys or more, such as "leftctrl+rightctrl", or a double tap: ${doubleTapOf(text)}`,
    };
  }
  if (names.length > mostChordKeys) {
    return { wrong: `names ${names.length} keys`, expected: `${mostChordKeys} keys at most` };
  }
  const keys = codesOf(names);
  if (grabTogglesAmong(keys).includes(ourGrabToggle)) {
    return {
      wrong: `contains QEMU's own grab toggle ${ourGrabToggle.choice}, which Handglass keeps from every guest`,
      expected: 'keys without leftmeta and rightmeta together',
    };
  }
  return { text, keys, taps: 1 };
}

/** As an example: of another key, where that one's own would be refused. */
function doubleTapOf(name: string): string {
  const isRefused = doubledWhile(name) !== null || grabTogglesAmong(codesOf([name])).length > 0;
  const key = isRefused ? 'leftctrl' : name;
  return `"${key} ${key}"`;
}

/** The remedy, where there is one, is the whole chord with the names that were likely meant. */
function unknownKeys(names: string[], unknown: string[], separator: '+' | ' '): ChordProblem {
  const known = names.map((name) => (keyCode(name) === undefined ? nearestKeyName(name) : name));
  const different = [...new Set(unknown)];
  const kind = different.length === 1 ? 'the unknown key' : 'the unknown keys';
  return {
    wrong: `names ${kind} ${different.map((name) => JSON.stringify(name)).join(', ')}`,
    expected: known.includes(undefined)
      ? "Linux's names of keys joined by +, such as leftctrl, f12, pause or btn_side"
      : JSON.stringify(known.join(separator)),
  };
}

function codesOf(names: string[]): number[] {
  return names.flatMap((name) => keyCode(name) ?? []).toSorted((a, b) => a - b);
}
