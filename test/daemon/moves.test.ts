import { expect, test, vi } from 'vitest';
import { completeMoves } from '../../src/daemon/moves.ts';
import { createProblems, moveOf } from '../../src/daemon/problems.ts';
import { HandglassError } from '../../src/errors.ts';
import { manualClock } from '../host/clocks.ts';
import type { SeatsView } from '../../src/seat/seats.ts';
import type { SeatView } from '../../src/seat/view.ts';

function start() {
  const asked: string[] = [];
  const log: string[] = [];
  const logged = (line: string) => void log.push(line);
  const problems = createProblems(() => {}, logged);
  const control = { fail: (): unknown => null };
  const ask = async (what: string) => {
    asked.push(what);
    const failure = control.fail();
    if (failure !== null) throw failure;
  };
  const views = ['desk', 'sofa'].map((name): SeatsView['seats'][number] => ({
    name,
    owner: 'win10',
    domains: ['win10'],
    devices: [],
    moving: false,
    move: null,
    repair: null,
  }));
  const moves = completeMoves(
    manualClock(),
    {
      view: () => ({ seats: views, domains: [], problem: null, unrepaired: [] }),
      isBlind: () => false,
      refresh: async () => {},
      notice: () => {},
      async give(seat, to, { check } = {}) {
        const view = views.find(({ name }) => name === seat);
        if (view !== undefined) check?.(view);
        await ask(`${seat} to ${to}`);
      },
      async bring(seat, { check }) {
        const view = views.find(({ name }) => name === seat);
        if (view !== undefined) check?.(view);
        await ask(`${seat} home`);
      },
      follow: (seat, to) => ask(`${seat} after ${to}`),
      toggle: async () => 'host',
      panic: (seat) => ask(`${seat} in panic`),
    },
    problems,
    logged,
    new AbortController().signal,
  );
  const whats = () => problems.list().map(({ what }) => what);
  /** Waits until so many lines were logged. */
  const lines = (count: number) =>
    vi.waitUntil(() => log.length >= count, { interval: 1, timeout: 60_000 });
  return { moves, views, asked, log, problems, control, whats, lines };
}

const libvirtIsAway = new HandglassError('libvirt-unavailable', 'libvirt does not answer.');
const stick: SeatView['devices'][number] = {
  kind: 'usb',
  selector: 'STICK1',
  name: 'Stick',
  present: true,
  with: 'win10',
  problem: null,
};

test('after a chord the rest of the seat follows', async () => {
  const { moves, asked, log, lines } = start();
  moves.chord('desk', 'win10', ['win10']);
  await lines(1);
  expect(asked).toEqual(['desk after win10']);
  expect(log).toEqual(['desk: with win10 (chord)']);
});

test.each([
  ['from a domain that has its USB devices alone', 'desk', 'win10', ['host', 'win10'], 'host'],
  ['from a domain to the next', 'desk', 'win10', ['host', 'win10', 'win11'], 'win11'],
  ['to the host, whatever else', 'desk', 'host', ['win11', 'host'], 'host'],
])('a chord goes by who has the seat as a whole: %s', async (_name, seat, to, cycle, expected) => {
  const { moves, asked, lines } = start();
  moves.chord(seat, to, cycle);
  await lines(1);
  expect(asked).toEqual([`${seat} after ${expected}`]);
});

test('a failure stays among the problems until the seat moves', async () => {
  const { moves, control, log, whats, lines } = start();
  control.fail = () => new HandglassError('device-absent', 'Nothing is plugged in.');
  moves.chord('desk', 'win10', ['win10']);
  await lines(1);
  expect(whats()).toEqual(['Nothing is plugged in.']);
  control.fail = () => null;
  moves.chord('sofa', 'win10', ['win10']);
  await lines(2);
  expect(whats()).toHaveLength(1);
  moves.chord('desk', 'host', ['host']);
  await lines(3);
  expect(whats()).toEqual([]);
  expect(log.at(-1)).toBe('desk: with host (chord)');
});

test.each([
  { now: 'all of it is there', seat: { owner: 'host' }, isOver: true },
  { now: 'it is on its way', seat: { owner: 'host', moving: true }, isOver: false },
  { now: 'it is elsewhere', seat: { owner: 'win10' }, isOver: false },
  { now: 'a device is elsewhere', seat: { owner: 'host', devices: [stick] }, isOver: false },
  { now: 'nobody can say', seat: { owner: 'host' }, problem: libvirtIsAway, isOver: false },
])('a failure is over once the seat has come by itself: $now', async (row) => {
  const { moves, control, views, whats, lines } = start();
  control.fail = () => new HandglassError('handoff-failed', 'The stick stayed.');
  moves.moved('desk', 'host', 'death');
  moves.panic();
  await lines(1);
  const seats = views.map((view) => ({ ...view, ...row.seat }));
  moves.seen({ seats, domains: [], problem: row.problem ?? null, unrepaired: [] });
  expect(whats()).toEqual(row.isOver ? [] : ['The stick stayed.']);
});

test('what nobody could be asked is not asked again once something else was done', async () => {
  const { moves, asked, control, views, whats } = start();
  control.fail = () => libvirtIsAway;
  moves.moved('desk', 'host', 'death');
  await vi.waitUntil(() => whats().length === 1, { interval: 1, timeout: 60_000 });
  const move = { number: 2, to: 'win10', why: 'command line', failure: null };
  const seats = views.map((view) => ({ ...view, move }));
  moves.seen({ seats, domains: [], problem: null, unrepaired: [] });
  expect(asked).toEqual(['desk after host']);
});

test('what nobody could be asked is asked again, though the seat seems to be home', async () => {
  const { moves, asked, control, views, whats, lines } = start();
  control.fail = () => libvirtIsAway;
  moves.moved('desk', 'host', 'death');
  await vi.waitUntil(() => whats().length === 1, { interval: 1, timeout: 60_000 });
  control.fail = () => null;
  const seats = views.map((view) => ({ ...view, owner: 'host' }));
  moves.seen({ seats, domains: [], problem: null, unrepaired: [] });
  await lines(2);
  expect(asked).toEqual(['desk after host', 'desk after host']);
  expect(whats()).toEqual([]);
});

test('what nobody foresaw is a problem with its reason', async () => {
  const { moves, control, problems, lines } = start();
  control.fail = () => new TypeError('usb is undefined');
  moves.chord('desk', 'win10', ['win10']);
  await lines(1);
  expect(problems.list()).toMatchObject([{ code: 'handoff-failed', what: 'usb is undefined.' }]);
});

test('a domain’s start while the seat moves is logged, and no problem', async () => {
  const { moves, control, log, whats, lines } = start();
  control.fail = () => new HandglassError('busy', 'The seat "desk" is on its way to "win10".');
  void moves.wished({ seat: 'desk', from: 'win10', to: 'host', why: 'win10 is paused' });
  await lines(1);
  expect(log).toEqual(['desk: The seat "desk" is on its way to "win10".']);
  expect(whats()).toEqual([]);
});

test('a panic brings every seat home, and settles what was wrong with its moves', async () => {
  const { moves, asked, log, problems, whats, lines } = start();
  problems.set(moveOf('desk'), [new HandglassError('handoff-failed', 'It stuck.')]);
  moves.panic();
  await lines(3);
  expect(asked).toEqual(['desk in panic', 'sofa in panic']);
  expect(log.slice(1)).toEqual(['desk: with host (panic chord)', 'sofa: with host (panic chord)']);
  expect(whats()).toEqual([]);
});

test('a seat that a panic does not bring home has its reason, and another is home all the same', async () => {
  const { moves, asked, control, log, whats, lines } = start();
  control.fail = () => (asked.at(-1) === 'desk in panic' ? libvirtIsAway : null);
  moves.panic();
  await lines(2);
  // It may have been given again by then.
  expect(asked).toEqual(['desk in panic', 'sofa in panic']);
  expect(log).toContain('sofa: with host (panic chord)');
  expect(whats()).toEqual([libvirtIsAway.what]);
});

test.each([
  { why: 'death', story: 'the domain has ended' },
  { why: 'deaf', story: 'the domain has let go of its keyboard and mouse' },
  { why: 'trial', story: 'the trial is over' },
] as const)(
  'when the input devices come back by themselves ($why) the rest follows',
  async (row) => {
    const { moves, asked, log, lines } = start();
    moves.moved('desk', 'host', row.why);
    await lines(1);
    expect(asked).toEqual(['desk after host']);
    expect(log).toEqual([`desk: with host (${row.story})`]);
  },
);

test('when a chord has brought a seat to a domain by itself, that is told', async () => {
  const { moves, asked, log, lines } = start();
  moves.moved('desk', 'win10', 'chord');
  await lines(1);
  expect(asked).toEqual(['desk after win10']);
  expect(log).toEqual(['desk: with win10 (chord)']);
});

test('a seat whose domain hangs is brought back', async () => {
  const { moves, asked, log, lines } = start();
  moves.stalled('desk');
  await lines(1);
  expect(asked).toEqual(['desk home']);
  expect(log).toEqual(['desk: with host (the domain hangs)']);
});

test.each([
  { owner: 'host', why: 'asked', reason: 'who asked completes it' },
  { owner: 'host', why: 'panic', reason: 'the panic is told too' },
  { owner: 'win10', why: 'asked', reason: 'who asked completes it' },
] as const)('a move to $owner ($why) is left alone, since $reason', async ({ owner, why }) => {
  const { moves, asked } = start();
  moves.moved('desk', owner, why);
  await Promise.resolve();
  expect(asked).toEqual([]);
});

test.each([
  { from: 'win10', reason: 'it still has the seat', asked: ['desk to win11'] },
  { from: 'host', reason: 'it has given the seat away', asked: [] },
])('a wish that takes the seat from $from is for as long as $reason', async (row) => {
  const { moves, asked, log, whats } = start();
  await moves.wished({ seat: 'desk', from: row.from, to: 'win11', why: 'win11 has started' });
  expect(asked).toEqual(row.asked);
  expect(log).toEqual([
    row.asked.length > 0
      ? 'desk: with win11 (win11 has started)'
      : 'desk: The seat "desk" has meanwhile gone to "win10".',
  ]);
  expect(whats()).toEqual([]);
});
