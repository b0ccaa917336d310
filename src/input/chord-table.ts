import type { ChordSetting } from '../config/chord-setting.ts';
import { ourGrabToggle } from '../config/grab-toggle.ts';
import type { Config } from '../config/schema.ts';
import type { SwitchboardChord } from '../host/switchboard-port.ts';

/** The targets by the switchboard's numbers: the host, then each domain that a seat names. */
export function targetsOf({ seats }: Pick<Config, 'seats'>): string[] {
  return [...new Set(['host', ...seats.flatMap(({ domains }) => domains)])];
}

/** Every chord of every seat. Panic and toggle work on each seat's keyboards. */
export function chordTable(config: Pick<Config, 'seats' | 'chords'>): SwitchboardChord[] {
  const targets = targetsOf(config);
  const numbers = (names: readonly string[]) => names.map((name) => targets.indexOf(name));
  const { panic, toggle, gives } = config.chords;
  const chords = config.seats.flatMap(({ name, domains }, seat) => [
    { ...chordOf(panic), seat, panic: true, targets: [] },
    { ...chordOf(toggle), seat, panic: false, targets: numbers(['host', ...domains.slice(0, 1)]) },
    ...gives
      .filter((give) => give.seat === name)
      .map((give) => ({ ...chordOf(give), seat, panic: false, targets: numbers(give.to) })),
    // Asks for nothing: QEMU must not see these keys together.
    {
      keys: ourGrabToggle.keys,
      taps: 1,
      holdMs: 0,
      swallow: true,
      seat,
      panic: false,
      targets: [],
    } as const,
  ]);
  return chords.map((chord, id) => ({ ...chord, id }));
}

function chordOf({ keys: { keys, taps }, holdMs, swallow }: ChordSetting) {
  return { keys, taps, holdMs, swallow };
}
