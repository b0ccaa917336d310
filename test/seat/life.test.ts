import { expect, test } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import type { DomainRunState } from '../../src/domain/run-state.ts';
import { type Life, livesOf, wishFor } from '../../src/seat/life.ts';
import { seatWith } from './world.ts';

function domain(state: DomainRunState) {
  return [{ name: 'win10', state }];
}

test.each<{ before: Life | null; state: DomainRunState; life: Life; reason: string }>([
  { before: null, state: 'running', life: 'running', reason: 'it runs' },
  { before: null, state: 'paused', life: 'paused', reason: 'it may have run before' },
  { before: 'off', state: 'paused', life: 'starting', reason: 'it has not run yet' },
  { before: 'starting', state: 'paused', life: 'starting', reason: 'it has not run yet' },
  { before: 'starting', state: 'running', life: 'running', reason: 'it runs' },
  { before: 'running', state: 'paused', life: 'paused', reason: 'it has run' },
  { before: 'paused', state: 'paused', life: 'paused', reason: 'it has run' },
  { before: 'running', state: 'suspended', life: 'running', reason: 'its guest sleeps' },
  { before: 'running', state: 'blocked', life: 'running', reason: 'it waits for a device' },
  { before: 'running', state: 'shutting down', life: 'running', reason: 'it is not off yet' },
  { before: 'running', state: 'shut down', life: 'off', reason: 'only its QEMU is left' },
  { before: 'running', state: 'crashed', life: 'off', reason: 'its guest has crashed' },
  { before: 'paused', state: 'shut off', life: 'off', reason: 'it has ended' },
  { before: 'paused', state: 'no state', life: 'paused', reason: 'libvirt does not say' },
])('a domain that was $before and is "$state" is $life: $reason', ({ before, state, life }) => {
  const lives = livesOf(domain(state), before === null ? null : new Map([['win10', before]]));
  expect(lives.get('win10')).toBe(life);
});

test('a domain that libvirt did not know before has been off', () => {
  expect(livesOf(domain('paused'), new Map())).toEqual(new Map([['win10', 'starting']]));
});

test('one that nobody could be asked of is unknown, and so may have run before it is paused', () => {
  const before = livesOf(domain('no state'), null);
  expect(before).toEqual(new Map([['win10', 'unknown']]));
  expect(livesOf(domain('no state'), before)).toEqual(before);
  expect(livesOf(domain('paused'), before)).toEqual(new Map([['win10', 'paused']]));
});

interface Case {
  /** Who had the seat, and who has it now where that is another one. */
  owner: string;
  now?: string;
  before: Record<string, Life>;
  after: Record<string, Life>;
  seat?: Partial<Seat>;
  wish: string | null;
}

test.each<Case>([
  {
    owner: 'host',
    before: {},
    after: { win10: 'running' },
    wish: null,
  },
  {
    owner: 'host',
    before: { win10: 'unknown' },
    after: { win10: 'running' },
    seat: { onStart: 'give' },
    wish: null,
  },
  {
    owner: 'win10',
    before: { win10: 'unknown' },
    after: { win10: 'off' },
    wish: 'win10 -> host: win10 has ended',
  },
  {
    owner: 'host',
    before: { win10: 'off' },
    after: { win10: 'running' },
    seat: { onStart: 'give' },
    wish: 'host -> win10: win10 has started',
  },
  {
    owner: 'host',
    before: {},
    after: { win10: 'starting' },
    seat: { onStart: 'give' },
    wish: null,
  },
  {
    owner: 'host',
    before: { win10: 'starting' },
    after: { win10: 'running' },
    seat: { onStart: 'give' },
    wish: 'host -> win10: win10 has started',
  },
  {
    owner: 'host',
    before: { win10: 'paused' },
    after: { win10: 'running' },
    seat: { onStart: 'take' },
    wish: null,
  },
  {
    owner: 'host',
    before: { win10: 'running' },
    after: { win10: 'running' },
    seat: { onStart: 'take' },
    wish: null,
  },
  {
    owner: 'host',
    before: {},
    after: { other: 'running' },
    seat: { onStart: 'take' },
    wish: null,
  },
  {
    owner: 'win10',
    before: { win10: 'running' },
    after: { win10: 'running', win11: 'running' },
    seat: { onStart: 'give' },
    wish: null,
  },
  {
    owner: 'win10',
    before: { win10: 'running' },
    after: { win10: 'running', win11: 'running' },
    seat: { onStart: 'take' },
    wish: 'win10 -> win11: win11 has started',
  },
  {
    owner: 'host',
    before: {},
    after: { win11: 'running', win10: 'running' },
    seat: { onStart: 'give' },
    wish: 'host -> win10: win10 has started',
  },
  {
    owner: 'win10',
    before: {},
    after: { win10: 'running' },
    seat: { onStart: 'take' },
    wish: null,
  },
  {
    owner: 'win10',
    before: { win10: 'running' },
    after: { win10: 'off' },
    wish: 'win10 -> host: win10 has ended',
  },
  {
    owner: 'win10',
    before: { win10: 'paused' },
    after: {},
    wish: 'win10 -> host: win10 has ended',
  },
  {
    owner: 'win10',
    now: 'host',
    before: { win10: 'running' },
    after: { win10: 'off' },
    wish: 'host -> host: win10 has ended',
  },
  {
    owner: 'win10',
    now: 'win11',
    before: { win10: 'running', win11: 'running' },
    after: { win10: 'off', win11: 'running' },
    wish: null,
  },
  {
    owner: 'win11',
    before: { win10: 'running', win11: 'running' },
    after: { win10: 'off', win11: 'running' },
    wish: null,
  },
  {
    owner: 'win10',
    now: 'host',
    before: { win10: 'running' },
    after: { win10: 'off', win11: 'running' },
    seat: { onStart: 'give' },
    wish: 'host -> win11: win11 has started',
  },
  {
    owner: 'win10',
    before: { win10: 'running' },
    after: { win10: 'paused' },
    wish: 'win10 -> host: win10 is paused',
  },
  {
    owner: 'win10',
    before: { win10: 'running' },
    after: { win10: 'paused' },
    seat: { onPause: 'stay' },
    wish: null,
  },
  {
    owner: 'win10',
    before: { win10: 'paused' },
    after: { win10: 'paused' },
    wish: null,
  },
  {
    owner: 'host',
    before: { win10: 'running', host: 'running' },
    after: { win10: 'paused', host: 'paused' },
    wish: null,
  },
])(
  'with $owner, $before and then $after, by $seat: $wish',
  ({ owner, now = owner, before, after, seat, wish }) => {
    const made = wishFor(
      { ...seatWith('desk', ['win10', 'win11']), ...seat },
      { was: owner, is: now },
      new Map(Object.entries(before)),
      new Map(Object.entries(after)),
    );
    expect(made === null ? null : `${made.from} -> ${made.to}: ${made.why}`).toBe(wish);
  },
);
