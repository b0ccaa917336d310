import { expect, test } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import type { InputSelector } from '../../src/config/selectors.ts';
import { type ChordAction, listenToSeats } from '../../src/input/listening.ts';
import type { InputDevice } from '../../src/system/input.ts';
import { fakeSwitchboard } from './fake-switchboard.ts';

const chord = (...keys: number[]) => ({ keys, text: keys.join('+') });

const chords: Config['chords'] = { toggle: chord(29, 97), panic: chord(29, 56, 119), gives: [] };

function seat(name: string, ...input: InputSelector[]): Config['seats'][number] {
  return { name, domains: ['win10'], input, usb: [] };
}

function device(node: number, name: string): InputDevice {
  const path = `/dev/input/event${node}`;
  return { path, ids: [], name, vendor: '0627', product: '0001', port: null, serial: null };
}

function start(config: Partial<Pick<Config, 'seats' | 'chords'>> = {}) {
  const switchboard = fakeSwitchboard();
  const actions: ChordAction[] = [];
  const told = { gone: 0 };
  const listening = listenToSeats(
    switchboard,
    { seats: [seat('desk', { name: 'Key*' })], chords, ...config },
    (action) => actions.push(action),
    () => {
      told.gone += 1;
    },
  );
  /** Presses each chord of the table, in its order. */
  const pressAll = () => {
    for (const { id, seat: of } of switchboard.table?.chords ?? []) {
      switchboard.emit({ kind: 'chord', id, seat: of });
    }
    return actions;
  };
  return { switchboard, listening, actions, told, pressAll };
}

const keyboard = device(4, 'Keyboard');
const second = device(5, 'Key pad');
const mouse = device(6, 'Mouse');

test('it listens to what the selectors name, and to nothing else', () => {
  const { switchboard, listening } = start();
  expect(listening.follow([keyboard, mouse, second])).toEqual([]);
  expect([...switchboard.opened]).toEqual([
    [keyboard.path, 1],
    [second.path, 2],
  ]);
  expect(switchboard.table?.routes).toEqual([
    { device: 1, seat: 0 },
    { device: 2, seat: 0 },
  ]);
});

test('each seat has its own chords, and panic is on every seat', () => {
  const { switchboard, listening, pressAll } = start({
    seats: [seat('desk', { name: 'Keyboard' }), seat('sofa', { name: 'Key pad' })],
    chords: {
      ...chords,
      gives: [
        { keys: chord(125, 59), seat: 'sofa', to: 'win10' },
        { keys: chord(125, 60), seat: 'sofa', to: 'host' },
      ],
    },
  });
  listening.follow([keyboard, second]);
  expect(switchboard.table).toEqual({
    routes: [
      { device: 1, seat: 0 },
      { device: 2, seat: 1 },
    ],
    chords: [
      { id: 0, seat: 0, keys: [29, 56, 119] },
      { id: 1, seat: 0, keys: [29, 97] },
      { id: 2, seat: 1, keys: [29, 56, 119] },
      { id: 3, seat: 1, keys: [29, 97] },
      { id: 4, seat: 1, keys: [125, 59] },
      { id: 5, seat: 1, keys: [125, 60] },
    ],
  });
  expect(pressAll()).toEqual([
    { kind: 'panic' },
    { kind: 'toggle', seat: 'desk' },
    { kind: 'panic' },
    { kind: 'toggle', seat: 'sofa' },
    { kind: 'give', seat: 'sofa', to: 'win10' },
    { kind: 'give', seat: 'sofa', to: 'host' },
  ]);
});

test('a chord that no table has means nothing', () => {
  const { switchboard, listening, actions } = start();
  listening.follow([keyboard]);
  switchboard.emit({ kind: 'chord', id: 99, seat: 0 });
  expect(actions).toEqual([]);
});

test('a device stays open as long as it is there, and is let go when it is not', () => {
  const { switchboard, listening } = start();
  listening.follow([keyboard]);
  listening.follow([keyboard, second]);
  expect(switchboard.tried).toEqual([keyboard.path, second.path]);
  listening.follow([second]);
  expect([...switchboard.opened.keys()]).toEqual([second.path]);
  expect(switchboard.table?.routes).toEqual([{ device: 2, seat: 0 }]);
  listening.follow([]);
  expect(switchboard.opened.size).toBe(0);
  expect(switchboard.table?.routes).toEqual([]);
});

test('a device that comes back is opened anew', () => {
  const { switchboard, listening } = start();
  listening.follow([keyboard]);
  listening.follow([]);
  listening.follow([keyboard]);
  expect(switchboard.table?.routes).toEqual([{ device: 2, seat: 0 }]);
});

test('a device that is pulled out is told of, and opened anew when it is back', () => {
  const { switchboard, listening, told } = start();
  listening.follow([keyboard, second]);
  switchboard.pull(keyboard.path);
  expect(told.gone).toBe(1);
  listening.follow([second]);
  expect(switchboard.table?.routes).toEqual([{ device: 2, seat: 0 }]);
  listening.follow([keyboard, second]);
  expect(switchboard.tried).toEqual([keyboard.path, second.path, keyboard.path]);
  expect(switchboard.table?.routes).toEqual([
    { device: 3, seat: 0 },
    { device: 2, seat: 0 },
  ]);
});

test('a device that was replaced before it was told gone is opened anew after', () => {
  const { switchboard, listening } = start();
  listening.follow([keyboard]);
  listening.follow([keyboard]);
  switchboard.pull(keyboard.path);
  listening.follow([keyboard]);
  expect(switchboard.table?.routes).toEqual([{ device: 2, seat: 0 }]);
});

test('a device without rights yet is told of and tried again at the next look', () => {
  const { switchboard, listening } = start();
  switchboard.refused.set(keyboard.path, 'EACCES');
  const problems = listening.follow([keyboard, second]);
  expect(problems).toMatchObject([
    {
      code: 'input-unavailable',
      what: 'The input device Keyboard (/dev/input/event4) cannot be read: EACCES, open.',
      remedy: 'The service has to be in the group input, and the device in that group.',
    },
  ]);
  expect(switchboard.table?.routes).toEqual([{ device: 1, seat: 0 }]);
  switchboard.refused.clear();
  expect(listening.follow([keyboard, second])).toEqual([]);
  expect(switchboard.table?.routes).toEqual([
    { device: 2, seat: 0 },
    { device: 1, seat: 0 },
  ]);
});

test.each(['ENOENT', 'ENODEV', 'ENXIO'])(
  'a device that went meanwhile (%s) is no problem',
  (code) => {
    const { switchboard, listening } = start();
    switchboard.refused.set(keyboard.path, code);
    expect(listening.follow([keyboard])).toEqual([]);
    expect(switchboard.table?.routes).toEqual([]);
  },
);

test('any other failure has no remedy to offer', () => {
  const { switchboard, listening } = start();
  switchboard.refused.set(keyboard.path, 'EMFILE');
  expect(listening.follow([keyboard])).toMatchObject([
    {
      what: 'The input device Keyboard (/dev/input/event4) cannot be read: EMFILE, open.',
      remedy: '',
    },
  ]);
});

test('a device that two selectors or two seats name is opened once, for the first seat', () => {
  const both: InputSelector[] = [{ name: 'Key*' }, { name: '*board' }];
  const { switchboard, listening } = start({
    seats: [seat('desk', ...both), seat('sofa', ...both)],
  });
  listening.follow([keyboard]);
  expect(switchboard.tried).toEqual([keyboard.path]);
  expect(switchboard.table?.routes).toEqual([{ device: 1, seat: 0 }]);
});

test('without seats it listens to nothing', () => {
  const { switchboard, listening } = start({ seats: [] });
  expect(listening.follow([keyboard])).toEqual([]);
  expect(switchboard.table).toEqual({ routes: [], chords: [] });
});

test('closing it closes the switchboard', () => {
  const { switchboard, listening } = start();
  listening.close();
  expect(switchboard.closed).toBe(true);
});
