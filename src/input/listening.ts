/** Keeps the switchboard listening to the seats' input devices, and says what their chords mean. */
import type { Config } from '../config/schema.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { OpenSwitchboard } from '../host/ports.ts';
import type { InputDevice } from '../system/input.ts';
import { selectInput } from './selector.ts';

/** What a chord asks for. The panic chord works on every seat's keyboards, for all seats. */
export type ChordAction =
  { kind: 'toggle'; seat: string } | { kind: 'give'; seat: string; to: string } | { kind: 'panic' };

export interface Listening {
  /**
   * Listens to what the seats' selectors name among these devices, and to nothing else. Gives the
   * devices that could not be opened; udev may not have set their rights yet.
   */
  follow(devices: readonly InputDevice[]): HandglassError[];
  close(): void;
}

/**
 * @param act called for each chord, in the order in which they were pressed
 * @param gone called when a device was unplugged or can no longer be read
 */
export function listenToSeats(
  host: OpenSwitchboard,
  config: Pick<Config, 'seats' | 'chords'>,
  act: (action: ChordAction) => void,
  gone: () => void,
): Listening {
  const { actions, chords } = chordTable(config);
  const open = new Map<string, number>();
  const switchboard = host.openSwitchboard((event) => {
    if (event.kind === 'chord') {
      const action = actions[event.id];
      if (action !== undefined) act(action);
      return;
    }
    for (const [path, device] of open) if (device === event.device) open.delete(path);
    gone();
  });

  function openDevice({ path, name }: InputDevice): HandglassError | null {
    if (open.has(path)) return null;
    try {
      open.set(path, switchboard.open(path));
      return null;
    } catch (error) {
      // Unplugged since the look at it: there will be another look.
      if (isErrno(error, 'ENOENT', 'ENODEV', 'ENXIO')) return null;
      const remedy = isErrno(error, 'EACCES')
        ? 'The service has to be in the group input, and the device in that group.'
        : '';
      const what = `The input device ${name} (${path}) cannot be read: ${reasonOf(error)}.`;
      return new HandglassError('input-unavailable', what, remedy, { cause: error });
    }
  }

  return {
    follow(devices) {
      const seatOf = new Map<InputDevice, number>();
      for (const [seat, { input }] of config.seats.entries()) {
        for (const device of input.flatMap((selector) => selectInput(selector, devices))) {
          // Two selectors can name one device; the first seat has it.
          if (!seatOf.has(device)) seatOf.set(device, seat);
        }
      }
      const paths = new Set([...seatOf.keys()].map(({ path }) => path));
      for (const [path, device] of open) {
        if (paths.has(path)) continue;
        switchboard.closeDevice(device);
        open.delete(path);
      }
      const problems = [...seatOf.keys()].map(openDevice);
      const routes = [...seatOf].flatMap(([{ path }, seat]) => {
        const device = open.get(path);
        return device === undefined ? [] : [{ device, seat }];
      });
      switchboard.apply({ routes, chords });
      return problems.filter((problem) => problem !== null);
    },
    close: () => switchboard.close(),
  };
}

interface ChordTable {
  actions: ChordAction[];
  chords: { id: number; seat: number; keys: number[] }[];
}

/** A chord's number is its action's place. */
function chordTable({ seats, chords }: Pick<Config, 'seats' | 'chords'>): ChordTable {
  const actions: ChordAction[] = [];
  const table = seats.flatMap(({ name }, seat) =>
    [
      { keys: chords.panic.keys, action: { kind: 'panic' } as const },
      { keys: chords.toggle.keys, action: { kind: 'toggle', seat: name } as const },
      ...chords.gives
        .filter((give) => give.seat === name)
        .map(({ keys, to }) => ({
          keys: keys.keys,
          action: { kind: 'give', seat: name, to } as const,
        })),
    ].map(({ keys, action }) => ({ id: actions.push(action) - 1, seat, keys })),
  );
  return { actions, chords: table };
}
