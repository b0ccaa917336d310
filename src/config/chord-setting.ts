import { z } from 'zod';
import { parseChord, type Chord } from './chord-text.ts';
import { table, wholeNumber } from './fields.ts';
import { grabTogglesAmong } from './grab-toggle.ts';

/** A chord, and how it is to be pressed. */
export interface ChordSetting {
  keys: Chord;
  /** How long the keys must be down together; 0 fires at once. Always 0 for a double tap. */
  holdMs: number;
  /** Whether the press that makes the chord whole is kept from who has the seat. */
  swallow: boolean;
}

const mostHoldMs = 5000;

const written = 'keys joined by +, such as "leftctrl+rightctrl"';

const chord = z.string(written).transform((text, context) => {
  const result = parseChord(text);
  if ('keys' in result) return result;
  refuse(context, [], result.wrong, result.expected);
  return z.NEVER;
});

/** What a table says of a chord; `toChordSetting` is to judge it and give it its shape. */
export const chordKeys = {
  keys: chord,
  hold: wholeNumber('milliseconds', 0, mostHoldMs).default(0),
  swallow: z.boolean('true or false').default(true),
};

/** Refuses what the keys of `chordKeys` cannot be together. */
export function toChordSetting<Keys extends { keys: Chord; hold: number; swallow: boolean }>(
  { hold, ...rest }: Keys,
  context: z.RefinementCtx,
) {
  const { keys, swallow } = rest;
  const [toggle] = grabTogglesAmong(keys.keys);
  if (hold > 0 && keys.taps === 2) {
    refuse(
      context,
      ['hold'],
      'is for keys held together, not for a double tap',
      'no hold here, or keys such as "leftctrl+rightctrl"',
    );
  }
  // Only the press that makes the chord whole is swallowed: QEMU must not have seen the toggle by then.
  const isWhole = toggle?.keys.length === keys.keys.length && toggle.keys.length > 1;
  const canBeSwallowed = isWhole && keys.taps === 1 && hold === 0;
  if (toggle !== undefined && !(canBeSwallowed && swallow)) {
    refuse(
      context,
      ['keys'],
      `contains QEMU's own grab toggle ${toggle.choice}, with which QEMU would let go of the keyboard before the chord is whole`,
      remedyFor(isWhole && keys.taps === 1, hold),
    );
  }
  return { ...rest, holdMs: hold };
}

function remedyFor(canBeSwallowed: boolean, hold: number): string {
  if (!canBeSwallowed) return 'other keys';
  return hold > 0 ? 'no hold here, or other keys' : 'swallow = true, or other keys';
}

/** A chord alone, or a table of it and how it is to be pressed. */
export const chordSetting = z.union(
  [
    chord.transform((keys): ChordSetting => ({ keys, holdMs: 0, swallow: true })),
    table(written, chordKeys).transform((setting, context): ChordSetting =>
      toChordSetting(setting, context),
    ),
  ],
  `${written}, or { keys, hold, swallow }`,
);

function refuse(context: z.RefinementCtx, path: string[], wrong: string, expected: string): void {
  context.addIssue({ code: 'custom', path, message: expected, params: { wrong } });
}
