/** Who gets a seat's input devices, and who hears of it. */
import { expect, test, vi } from 'vitest';
import type { MoveReason, SwitchboardEvent } from '../../src/host/switchboard-port.ts';
import { seat } from './seats.ts';
import { createSwitch, keyboard } from './switched.ts';

const desk = seat('desk', { domains: ['win10', 'win11'] });
const sofa = seat('sofa', { domains: ['win11'], input: [], usb: [{ serial: 'STICK1' }] });

function start() {
  const started = createSwitch({ seats: [desk, sofa] });
  started.input.follow([keyboard]);
  const move = (target: number, turn: number, why: MoveReason = 'asked', of = 0) =>
    started.switchboard.emit({ kind: 'moved', seat: of, target, turn, why });
  const refuse = (code: string, device = 0) =>
    started.switchboard.emit({ kind: 'refused', seat: 0, target: 1, device, code });
  return { ...started, move, refuse };
}

const overtaken = { code: 'busy', what: 'Another move of the seat came first.' };

test('at the start every seat is with the host, and one of no name too', () => {
  const { input } = start();
  expect(['desk', 'sofa', 'loft'].map((name) => input.ownerOf(name))).toEqual([
    'host',
    'host',
    'host',
  ]);
  expect(input.turnOf('desk')).toBe(0);
});

test('a seat is given once it has moved', async () => {
  const { switchboard, input, told, move, clock } = start();
  const giving = input.give('desk', 'win10', 0);
  expect(switchboard.moves).toEqual(['seat 0 to 1 in turn 0']);
  expect(input.ownerOf('desk')).toBe('host');
  move(1, 1);
  await giving;
  expect([input.ownerOf('desk'), input.turnOf('desk')]).toEqual(['win10', 1]);
  expect(told).toEqual(['desk with win10, asked']);
  await clock.awaited(0);
});

test('a seat that is there already is given at once', async () => {
  const { switchboard, input, move } = start();
  move(1, 1, 'chord');
  await input.give('desk', 'win10', 0);
  expect(switchboard.moves).toEqual([]);
});

test.each(['asked', 'chord', 'panic', 'death', 'deaf', 'trial'] as const)(
  'a move of a seat by itself is told with its reason: %s',
  (why) => {
    const { input, told, move } = start();
    move(1, 1);
    move(0, 2, why);
    expect(told.at(-1)).toBe(`desk with host, ${why}`);
    expect([input.ownerOf('desk'), input.turnOf('desk')]).toEqual(['host', 2]);
  },
);

test('a move of a seat that the configuration does not name is nothing', () => {
  const { told, move } = start();
  // A panic is told of every seat that the switchboard could have.
  move(0, 1, 'panic', 15);
  expect(told).toEqual([]);
});

test.each<[string, SwitchboardEvent]>([
  ['a chord that sends it elsewhere', { kind: 'chord', id: 1, seat: 0, target: 2 }],
  ['a panic', { kind: 'panic' }],
  ['a move to another domain', { kind: 'moved', seat: 0, target: 2, turn: 1, why: 'chord' }],
  ['a move to the host', { kind: 'moved', seat: 0, target: 0, turn: 1, why: 'panic' }],
])('%s overtakes a seat that is being given', async (_name, event) => {
  const { switchboard, input } = start();
  const giving = input.give('desk', 'win10', 0);
  switchboard.emit(event);
  await expect(giving).rejects.toMatchObject(overtaken);
});

test.each<[string, SwitchboardEvent]>([
  ['a chord that sends it there', { kind: 'chord', id: 1, seat: 0, target: 1 }],
  ['a chord of another seat', { kind: 'chord', id: 4, seat: 1, target: 2 }],
  ['a move of another seat', { kind: 'moved', seat: 1, target: 2, turn: 1, why: 'chord' }],
])('%s lets a seat that is being given go on', async (_name, event) => {
  const { switchboard, input, move } = start();
  const giving = input.give('desk', 'win10', 0);
  switchboard.emit(event);
  move(1, 1);
  await giving;
});

test('a seat that has moved since it was asked for stays', async () => {
  const { switchboard, input, clock } = start();
  switchboard.accepts = false;
  await expect(input.give('desk', 'win10', 3)).rejects.toMatchObject(overtaken);
  expect(switchboard.moves).toEqual(['seat 0 to 1 in turn 3']);
  await clock.awaited(0);
});

test.each([
  {
    why: 'deaf',
    code: 'domain-deaf',
    what: 'Nothing in "win10" reads the keyboard and mouse that Handglass has for it.',
    remedy: expect.stringContaining('`handglass input --domain win10 --xml`'),
  },
  {
    why: 'EBUSY',
    code: 'handoff-failed',
    what: '/dev/input/event4 cannot be taken from the host: EBUSY.',
    remedy: 'Another program has grabbed it: end that one first.',
  },
  {
    why: 'ENODEV',
    code: 'handoff-failed',
    what: '/dev/input/event4 cannot be taken from the host: ENODEV.',
    remedy: '',
  },
])('a seat that is refused ($why) stays, and who asked is told', async ({ why, ...problem }) => {
  const { switchboard, input, told, refuse } = start();
  const giving = input.give('desk', 'win10', 0);
  refuse(why, switchboard.opened.get(keyboard.path));
  await expect(giving).rejects.toMatchObject(problem);
  expect(told).toEqual([]);
});

test('a device that comes later and is refused is told of, since nobody waits', () => {
  const { told, move, refuse } = start();
  move(1, 1);
  refuse('EBUSY', 99);
  expect(told.at(-1)).toBe(
    'desk refused, handoff-failed: a device cannot be taken from the host: EBUSY.',
  );
});

test('a seat whose keys stay down is given up after 10 s, and sent back to where it is', async () => {
  const { switchboard, input, clock, move } = start();
  move(2, 1);
  const giving = input.give('desk', 'win10', 1);
  clock.advance(9999);
  await clock.awaited(1);
  expect(switchboard.moves).toEqual(['seat 0 to 1 in turn 1']);
  clock.advance(1);
  await expect(giving).rejects.toMatchObject({
    code: 'handoff-failed',
    what: 'A key or button of the seat "desk" stayed down for 10 s, so it stays where it is.',
  });
  expect(switchboard.moves.at(-1)).toBe('seat 0 to 2 in turn 1');
});

test('nobody waits for a switch that is closed', async () => {
  const { input, clock } = start();
  const giving = input.give('desk', 'win10', 0);
  input.close();
  await expect(giving).rejects.toMatchObject(overtaken);
  await clock.awaited(0);
});

test('a seat is taken back at once, in whatever turn it is', () => {
  const { switchboard, input, move } = start();
  move(1, 7);
  input.take('desk');
  expect(switchboard.moves).toEqual(['seat 0 to 0 in turn 0']);
});

test('chords of seats with USB devices, and panic, are told by names', () => {
  const { switchboard, told, move } = start();
  switchboard.emit({ kind: 'chord', id: 5, seat: 1, target: 0 });
  move(0, 1, 'chord', 1);
  switchboard.emit({ kind: 'panic' });
  expect(told).toEqual(['chord sofa to host', 'panic']);
});

test('where a chord has sent a seat without USB devices is told when it is there', () => {
  const { switchboard, told, move } = start();
  switchboard.emit({ kind: 'chord', id: 1, seat: 0, target: 2 });
  expect(told).toEqual([]);
  move(2, 1, 'chord');
  expect(told).toEqual(['desk with win11, chord']);
  expect(switchboard.moves).toEqual([]);
});

test('a seat that a chord has sent away waits 10 s for its keys, and the reason is told', async () => {
  const { switchboard, told, clock, move } = start();
  move(1, 7);
  switchboard.emit({ kind: 'chord', id: 1, seat: 0, target: 2 });
  await clock.awaited(1);
  clock.advance(10_000);
  await clock.awaited(0);
  expect(switchboard.moves).toEqual(['seat 0 to 1 in turn 7']);
  const isTold = () => told.some((line) => line.includes('seat "desk" stayed down for 10 s'));
  await vi.waitUntil(isTold, { interval: 1, timeout: 60_000 });
});

test('a seat that another chord sends elsewhere meanwhile is no failure', async () => {
  const { switchboard, told, clock, move } = start();
  switchboard.emit({ kind: 'chord', id: 1, seat: 0, target: 2 });
  switchboard.emit({ kind: 'chord', id: 1, seat: 0, target: 1 });
  move(1, 1, 'chord');
  await clock.awaited(0);
  expect(told).toEqual(['desk with win10, chord']);
});

test('the process of a domain is watched, anew only when it is another one', () => {
  const { switchboard, input } = start();
  input.watch('win10', 41);
  expect(switchboard.pids).toEqual(new Map([[1, 41]]));
  switchboard.pids.clear();
  input.watch('win10', 41);
  input.watch('win11', null);
  expect(switchboard.pids.size).toBe(0);
  input.watch('win10', 42);
  expect(switchboard.pids.get(1)).toBe(42);
  input.watch('win10', null);
  expect(switchboard.pids.get(1)).toBe(0);
});

test('a process that has ended is none, and is looked for again', () => {
  const { switchboard, input } = start();
  switchboard.refused.set('pid 41', 'ESRCH');
  input.watch('win10', 41);
  expect(input.sentTo('win10').pid).toBeNull();
  switchboard.refused.clear();
  input.watch('win10', 41);
  expect(input.sentTo('win10').pid).toBe(41);
});

test('a process that cannot be watched for another reason is an error', () => {
  const { switchboard, input } = start();
  switchboard.refused.set('pid 41', 'EMFILE');
  expect(() => input.watch('win10', 41)).toThrow('EMFILE');
});

test('what was sent to a domain is the sum of both of its proxies', () => {
  const { switchboard, input } = start();
  input.watch('win10', 41);
  const { keyboard: keys = 0, pointer = 0 } = switchboard.table?.targets[1] ?? {};
  switchboard.proxies.get(keys)!.written = 30;
  switchboard.proxies.get(pointer)!.written = 12;
  expect(input.sentTo('win10')).toEqual({ pid: 41, events: 42 });
  expect(input.sentTo('host')).toEqual({ pid: null, events: 0 });
  expect(createSwitch().input.sentTo('win10')).toEqual({ pid: null, events: 0 });
});

test('a trial is left to the switchboard', () => {
  const { switchboard, input } = start();
  input.tryFor(60_000);
  input.tryFor(0);
  expect(switchboard.trials).toEqual([60_000, 0]);
});
