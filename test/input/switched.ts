/** A switch over a switchboard in memory, and all that it has told. */
import type { AbsoluteDevice } from '../../src/input/absolute-devices.ts';
import { type InputEvents, switchInput } from '../../src/input/switching.ts';
import { manualClock } from '../host/clocks.ts';
import { inputDevice } from './devices.ts';
import { fakeSwitchboard } from './fake-switchboard.ts';
import { chords, seat } from './seats.ts';

export const keyboard = inputDevice({ path: '/dev/input/event4', name: 'Keyboard' });
export const pad = inputDevice({ path: '/dev/input/event5', name: 'Key pad' });
export const mouse = inputDevice({ path: '/dev/input/event6', name: 'Mouse' });

/** @param known what is remembered of devices with absolute axes */
export function createSwitch(
  config: Partial<Parameters<typeof switchInput>[1]> = {},
  known: readonly AbsoluteDevice[] = [],
) {
  const switchboard = fakeSwitchboard();
  const clock = manualClock();
  const told: string[] = [];
  const saved: (readonly AbsoluteDevice[])[] = [];
  const events: InputEvents = {
    chord: (name, to) => told.push(`chord ${name} to ${to}`),
    panic: () => told.push('panic'),
    moved: (name, owner, why) => told.push(`${name} with ${owner}, ${why}`),
    gone: () => told.push('gone'),
    refused: (name, { code, what }) => told.push(`${name} refused, ${code}: ${what}`),
  };
  const input = switchInput(
    { ...switchboard, ...clock },
    { seats: [seat('desk')], chords, ...config },
    { known, save: (devices) => void saved.push(devices) },
    events,
  );
  return { switchboard, clock, told, saved, input };
}
