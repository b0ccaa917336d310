/** The configuration's seats and chords, as far as tests of input care about them. */
import type { ChordSetting } from '../../src/config/chord-setting.ts';
import type { Config, Seat } from '../../src/config/schema.ts';

/** Keys to be held together for an instant, by their codes. */
export function chord(...keys: number[]): ChordSetting {
  return { keys: { keys, text: keys.join('+'), taps: 1 }, holdMs: 0, swallow: true };
}

export const chords: Config['chords'] = {
  toggle: chord(29, 97),
  panic: chord(29, 56, 119),
  gives: [],
};

/** A seat of one keyboard for win10, and what is other about this one. */
export function seat(name: string, changes: Partial<Seat> = {}): Seat {
  return {
    name,
    domains: ['win10'],
    input: [{ name: 'Key*' }],
    usb: [],
    optical: [],
    swallow: false,
    onStart: 'stay',
    onPause: 'host',
    onSuspend: 'stay',
    ...changes,
  };
}
