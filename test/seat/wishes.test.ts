/** What seats wish for when domains start, end and are paused. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSeats } from '../../src/seat/seats.ts';
import { desk, headset, start } from './looked-at.ts';
import { createWorld, seatWithKeyboard } from './world.ts';

test('a domain that starts, stops or is paused makes its wishes after each reading, once', async () => {
  const { world, seats, wishes, look } = await start({ ...desk, onStart: 'give' });
  world.setState('win10', 'shut off');
  await look();
  world.setState('win10', 'paused');
  await look();
  expect(wishes).toEqual([]);
  world.setState('win10', 'running');
  await look();
  await look();
  expect(wishes.splice(0)).toEqual(['desk: host to win10, win10 has started']);
  await seats.give('desk', 'win10');
  world.setState('win10', 'paused');
  await look();
  await look();
  expect(wishes.splice(0)).toEqual(['desk: win10 to host, win10 is paused']);
  world.setState('win10', 'shut off');
  await look();
  await look();
  expect(wishes).toEqual(['desk: host to host, win10 has ended']);
});

test('a domain that ends and starts between two readings has ended and started', async () => {
  const { world, look, seats, wishes } = await start({ ...headset, onStart: 'give' });
  await seats.give('desk', 'win10');
  world.setState('win10', 'shut off');
  world.setState('win10', 'running');
  await look();
  expect(wishes).toEqual(['desk: host to win10, win10 has started']);
});

test('a domain that is paused while it gets the seat has to give it back', async () => {
  const { world, seats, wishes } = await start(seatWithKeyboard('desk', ['win10'], 'MOUSE'));
  world.fail = (call) => {
    if (call === 'input desk to win10') world.setState('win10', 'paused');
  };
  await seats.give('desk', 'win10');
  expect(wishes).toEqual(['desk: win10 to host, win10 is paused']);
});

test('who has asked for a seat counts before a domain that started meanwhile', async () => {
  const { world, seats, wishes } = await start({ ...desk, onStart: 'take' });
  world.setState('win11', 'shut off');
  await seats.refresh();
  world.setState('win11', 'running');
  await seats.give('desk', 'win10');
  await setImmediate();
  expect(wishes).toEqual([]);
});

test('a domain that starts while a seat comes home by rule is followed', async () => {
  const { world, seats, look, wishes } = await start({ ...desk, onStart: 'give' });
  world.setState('win11', 'shut off');
  await look();
  await seats.give('desk', 'win10');
  world.setState('win10', 'paused');
  await look();
  world.fail = (call) => {
    if (call.startsWith('detach ')) world.setState('win11', 'running');
  };
  await seats.bring('desk', { why: 'win10 is paused', isRule: true });
  await setImmediate();
  expect(wishes).toEqual([
    'desk: win10 to host, win10 is paused',
    'desk: host to win11, win11 has started',
  ]);
});

test.each([
  { since: ['win11'], wishes: ['host to win11, win11 has started'] },
  { since: [], wishes: [] },
])(
  'what is on at the first reading has started if since the service did: $since',
  async ({ since, wishes }) => {
    const world = createWorld();
    world.younger = new Set(since);
    const heard: string[] = [];
    const seats = createSeats({ seats: [{ ...desk, onStart: 'give' }] }, world.effects, () => {}, {
      wished: ({ from, to, why }) => heard.push(`${from} to ${to}, ${why}`),
    });
    await seats.refresh();
    await seats.refresh();
    expect(heard).toEqual(wishes);
  },
);

test('a domain that ended and is seen again before it runs has started once it does', async () => {
  const { world, look, wishes } = await start({ ...desk, onStart: 'give' });
  world.setState('win10', 'shut off');
  world.setState('win10', 'paused');
  await look();
  expect(wishes).toEqual([]);
  world.setState('win10', 'running');
  await look();
  expect(wishes).toEqual(['desk: host to win10, win10 has started']);
});

test('a domain that ended while it was first read, and started again, has started', async () => {
  const world = createWorld();
  const heard: string[] = [];
  const seats = createSeats({ seats: [{ ...desk, onStart: 'give' }] }, world.effects, () => {}, {
    wished: ({ from, to, why }) => heard.push(`${from} to ${to}, ${why}`),
  });
  world.endProcess('win10');
  await seats.refresh();
  expect(heard).toEqual([]);
  world.setState('win10', 'shut off');
  world.setState('win10', 'running');
  world.younger.add('win10');
  await seats.refresh();
  expect(heard).toEqual(['host to win10, win10 has started']);
});

test('a domain that was paused while no service ran has to give its seat back, and none has started', async () => {
  const { world, seats } = await start(desk);
  await seats.give('desk', 'win10');
  world.setState('win10', 'paused');
  const wishes: string[] = [];
  const anew = createSeats({ seats: [{ ...desk, onStart: 'take' }] }, world.effects, () => {}, {
    wished: ({ from, to, why }) => wishes.push(`${from} to ${to}, ${why}`),
  });
  await anew.refresh();
  expect(wishes).toEqual(['win10 to host, win10 is paused']);
});
