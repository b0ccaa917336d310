/** Which devices a switch listens to, and what it has the switchboard do with them. */
import { expect, test } from 'vitest';
import type { InputSelector } from '../../src/config/selectors.ts';
import { inputDevice } from './devices.ts';
import { seat } from './seats.ts';
import { createSwitch, keyboard, mouse, pad } from './switched.ts';

const route = (device: number, of = 0) => ({ device, seat: of, clones: [] });

test('it listens to what the selectors name, and to nothing else', () => {
  const { switchboard, input } = createSwitch();
  expect(input.follow([keyboard, mouse, pad])).toEqual([]);
  expect([...switchboard.opened]).toEqual([
    [keyboard.path, 1],
    [pad.path, 2],
  ]);
  expect(switchboard.table?.routes).toEqual([route(1), route(2)]);
});

test('each seat has its routes, its rule and its chords', () => {
  const { switchboard, input } = createSwitch({
    seats: [
      seat('desk', { input: [{ name: 'Keyboard' }], swallow: true }),
      seat('sofa', { input: [{ name: 'Key pad' }], usb: [{ serial: 'STICK' }] }),
    ],
  });
  input.follow([keyboard, pad]);
  expect(switchboard.table?.routes).toEqual([route(1, 0), route(2, 1)]);
  expect(switchboard.table?.seats).toEqual([
    { swallow: true, direct: true },
    { swallow: false, direct: false },
  ]);
  expect(switchboard.table?.chords.map(({ id, seat: of }) => [id, of])).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 1],
  ]);
});

const none = { keyboard: 0, pointer: 0 };
const some = { keyboard: expect.any(Number), pointer: expect.any(Number) };

test.each([
  { seats: [seat('desk')], targets: [none, some], reason: 'the host reads the devices itself' },
  {
    seats: [seat('desk', { swallow: true })],
    targets: [some, some],
    reason: 'a seat is always taken from the host',
  },
  {
    seats: [seat('desk', { input: [], swallow: true })],
    targets: [none, none],
    reason: 'no seat has input devices',
  },
  {
    seats: [seat('desk', { domains: ['linux'], input: [] }), seat('sofa')],
    targets: [none, none, some],
    reason: 'one seat of two has input devices',
  },
  { seats: [], targets: [none], reason: 'there is no seat' },
])('targets have the proxies $targets when $reason', ({ seats, targets }) => {
  const { switchboard, input } = createSwitch({ seats });
  input.follow([]);
  expect(switchboard.table?.targets).toEqual(targets);
});

test('proxies are made with the first look, and stay', () => {
  const { switchboard, input } = createSwitch();
  expect(switchboard.proxies.size).toBe(0);
  input.follow([]);
  const { targets } = switchboard.table ?? {};
  input.follow([keyboard]);
  expect(switchboard.proxies.size).toBe(2);
  expect(switchboard.table?.targets).toEqual(targets);
});

test('its own proxies are opened as such, and never taken as devices of a seat', () => {
  const { switchboard, input } = createSwitch();
  const proxy = inputDevice({
    path: '/dev/input/event9',
    name: 'Keyboard',
    phys: 'handglass/win10-keyboard',
  });
  expect(input.follow([proxy])).toEqual([]);
  expect(switchboard.tried).toEqual([proxy.path]);
  expect(switchboard.opened.size).toBe(0);
  expect(switchboard.told).toHaveLength(2);
});

test('a machine without uinput is listened to all the same', () => {
  const { switchboard, input } = createSwitch();
  switchboard.refused.set('/dev/uinput', 'ENOENT');
  expect(input.follow([keyboard])).toMatchObject([{ code: 'input-unavailable' }]);
  expect(switchboard.table).toMatchObject({ routes: [route(1)], targets: [none, none] });
});

test('a device stays open as long as it is there, and is let go when it is not', () => {
  const { switchboard, input } = createSwitch();
  input.follow([keyboard]);
  input.follow([keyboard, pad]);
  expect(switchboard.tried).toEqual([keyboard.path, pad.path]);
  input.follow([pad]);
  expect([...switchboard.opened.keys()]).toEqual([pad.path]);
  expect(switchboard.table?.routes).toHaveLength(1);
  input.follow([]);
  expect(switchboard.opened.size).toBe(0);
  expect(switchboard.table?.routes).toEqual([]);
});

test('a device that is pulled out is told of, and opened anew when it is back', () => {
  const { switchboard, input, told } = createSwitch();
  input.follow([keyboard, pad]);
  switchboard.pull(keyboard.path);
  expect(told).toEqual(['gone']);
  input.follow([pad]);
  expect(switchboard.table?.routes).toEqual([route(2)]);
  input.follow([keyboard, pad]);
  expect(switchboard.tried).toEqual([keyboard.path, pad.path, keyboard.path]);
  expect(switchboard.table?.routes).toHaveLength(2);
});

test('a device that was replaced before it was told gone is opened anew after', () => {
  const { switchboard, input } = createSwitch();
  input.follow([keyboard]);
  input.follow([keyboard]);
  switchboard.pull(keyboard.path);
  input.follow([keyboard]);
  expect(switchboard.tried).toEqual([keyboard.path, keyboard.path]);
  const device = switchboard.opened.get(keyboard.path);
  expect(switchboard.table?.routes).toEqual([route(device ?? 0)]);
});

test('a device without rights yet is told of and tried again at the next look', () => {
  const { switchboard, input } = createSwitch();
  switchboard.refused.set(keyboard.path, 'EACCES');
  expect(input.follow([keyboard, pad])).toMatchObject([
    {
      code: 'input-unavailable',
      what: 'The input device Keyboard (/dev/input/event4) cannot be read: permission denied.',
      remedy: 'The service has to be in the group input, and the device in that group.',
    },
  ]);
  expect(switchboard.table?.routes).toHaveLength(1);
  switchboard.refused.clear();
  expect(input.follow([keyboard, pad])).toEqual([]);
  expect(switchboard.table?.routes).toHaveLength(2);
});

test.each(['ENOENT', 'ENODEV', 'ENXIO'])(
  'a device that went meanwhile (%s) is no problem',
  (code) => {
    const { switchboard, input } = createSwitch();
    switchboard.refused.set(keyboard.path, code);
    expect(input.follow([keyboard])).toEqual([]);
    expect(switchboard.table?.routes).toEqual([]);
  },
);

test('any other failure has no remedy to offer', () => {
  const { switchboard, input } = createSwitch();
  switchboard.refused.set(keyboard.path, 'EMFILE');
  expect(input.follow([keyboard])).toMatchObject([
    {
      what: 'The input device Keyboard (/dev/input/event4) cannot be read: too many open files.',
      remedy: '',
    },
  ]);
});

test('a device that two selectors or two seats name is opened once, for the first seat', () => {
  const both: InputSelector[] = [{ name: 'Key*' }, { name: '*board' }];
  const { switchboard, input } = createSwitch({
    seats: [seat('desk', { input: both }), seat('sofa', { input: both })],
  });
  input.follow([keyboard]);
  expect(switchboard.tried).toEqual([keyboard.path]);
  expect(switchboard.table?.routes).toEqual([route(1)]);
});

test('closing it closes the switchboard', () => {
  const { switchboard, input } = createSwitch();
  input.close();
  expect(switchboard.closed).toBe(true);
});

test('a look that ends after the closing changes nothing', () => {
  const { switchboard, input } = createSwitch();
  input.close();
  expect(input.follow([keyboard])).toEqual([]);
  expect(switchboard).toMatchObject({ tried: [], table: null });
});
