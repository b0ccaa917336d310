import { expect, test } from 'vitest';
import {
  beginning,
  refusalOf,
  withAnswer,
  withAsked,
  withDismissed,
  withRecent,
  withState,
  withStatus,
  type Model,
} from '../../../src/server/panel/page/model.ts';
import { sampleState, seat } from '../support.ts';

const noon = new Date('2026-01-01T12:00:00Z');
const refusal = { what: 'The mouse is gone.', remedy: 'Plug it in.' };

test('what changed before the page was opened is kept with its times, what is seen goes on from there', () => {
  const recent = [
    { time: '2026-01-01T08:00:00.000Z', what: 'seat desk with win10' },
    { time: '2026-01-01T09:00:00.000Z', what: 'seat desk with host' },
  ];
  const begun = withRecent(beginning(new Date()), recent);
  expect(begun.happenings).toEqual([
    { number: 2, time: new Date('2026-01-01T09:00:00Z'), what: 'seat desk with host' },
    { number: 1, time: new Date('2026-01-01T08:00:00Z'), what: 'seat desk with win10' },
  ]);
  const seen = withState(begun, sampleState, 'host', new Date());
  expect(withRecent(seen, recent)).toBe(seen);
});

const told = (model: Model) => model.happenings.map(({ what }) => what);

const opened = () =>
  withState(withStatus(beginning(noon), 'open', noon), stateOf('host', 1), 'host', noon);

function failed(number: number) {
  return seat('desk', {
    move: { number, to: 'win10', why: 'chord', failure: 'The mouse is gone.' },
  });
}

function stateOf(owner: string, number: number) {
  return { ...sampleState, number, seats: [seat('desk', { owner })] };
}

test('what is there to begin with is no news', () => {
  expect(told(opened())).toEqual([]);
});

test('news come first, and the oldest go', () => {
  let model = opened();
  for (let number = 2; number < 102; number += 1) {
    model = withState(model, stateOf(number % 2 === 0 ? 'win10' : 'host', number), 'host', noon);
  }
  expect(told(model).slice(0, 2)).toEqual(['seat desk with host', 'seat desk with win10']);
  expect(model.happenings).toHaveLength(30);
  expect(new Set(model.happenings.map(({ number }) => number)).size).toBe(30);
});

test('changes that came too fast are counted, and those of a time without connection are not', () => {
  const missed = withState(opened(), stateOf('win10', 5), 'host', noon);
  expect(told(missed)).toEqual([
    'seat desk with win10',
    '3 changes came too fast to be told of one by one',
  ]);
  const back = withStatus(withStatus(opened(), 'lost', noon), 'open', noon);
  expect(told(withState(back, stateOf('win10', 5), 'host', noon))).toEqual([
    'seat desk with win10',
    'connected again',
    'connection lost',
  ]);
});

test('a refusal stays until the seat is asked to go again, or has gone', () => {
  const refused = withAnswer(withAsked(opened(), 'desk', 'win10'), 'desk', refusal);
  expect(refused.refusals.get('desk')).toEqual(refusal);
  expect(refused.asked.size).toBe(0);
  expect(withState(refused, stateOf('host', 2), 'host', noon).refusals.size).toBe(1);
  expect(withState(refused, stateOf('win10', 2), 'host', noon).refusals.size).toBe(0);
  expect(withAsked(refused, 'desk', 'win10').refusals.size).toBe(0);
});

test('a failure that is dismissed is not shown again, and the next one is', () => {
  const withFailure = (model: Model, number: number) =>
    withState(model, { ...sampleState, number, seats: [failed(number)] }, 'host', noon);
  const model = withAnswer(withFailure(opened(), 2), 'desk', refusal);
  expect(refusalOf(model, failed(2))).toEqual(refusal);
  const read = withDismissed(model, 'desk');
  expect(refusalOf(read, failed(2))).toBeNull();
  expect(refusalOf(withFailure(read, 3), failed(3))).toEqual({
    what: 'Not moved to win10 (chord): The mouse is gone.',
    remedy: '',
  });
});

test('a connection that is tried again and again is told of once', () => {
  const lost = withStatus(opened(), 'lost', noon);
  expect(withStatus(lost, 'lost', noon)).toBe(lost);
});
