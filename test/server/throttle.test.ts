import { expect, onTestFinished, test } from 'vitest';
import { createThrottle } from '../../src/server/throttle.ts';
import { manualClock, until } from './support.ts';

function throttled() {
  const clock = manualClock();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const events: string[] = [];
  const handedOn: string[] = [];
  const flow = {
    pause: () => events.push('pause'),
    resume: () => events.push('resume'),
    handOn: (text: string) => handedOn.push(text),
    slowed: () => events.push('slowed'),
    flooded: () => events.push('flooded'),
  };
  const limits = { messageBytes: 1000, messagesPerSecond: 10, dropAfterMs: 5_000 };
  const throttle = createThrottle(clock, limits, flow, ending.signal);
  const send = (count: number) => {
    for (let each = 0; each < count; each += 1) throttle.message('');
  };
  /** So much time, in steps in which everything has its turn. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await new Promise(setImmediate);
    }
  };
  return { throttle, events, handedOn, send, pass };
}

test('what a peer may send is handed on at once', () => {
  const { send, handedOn, events } = throttled();
  send(10);
  expect(handedOn).toHaveLength(10);
  expect(events).toEqual([]);
});

test('what is beyond that waits, in order, and the peer is not read meanwhile', async () => {
  const { throttle, handedOn, events, pass } = throttled();
  for (let each = 1; each <= 15; each += 1) throttle.message(String(each));
  expect(handedOn).toHaveLength(10);
  expect(events).toEqual(['pause', 'slowed']);
  await pass(300);
  expect(handedOn.at(-1)).toBe('13');
  await pass(300);
  expect(handedOn).toEqual(Array.from({ length: 15 }, (_, index) => String(index + 1)));
  expect(events).toEqual(['pause', 'slowed', 'resume']);
});

test('bytes count too, whatever they are', async () => {
  const { throttle, events, pass } = throttled();
  throttle.read(4_000);
  expect(events).toEqual([]);
  throttle.read(2_000);
  expect(events).toEqual(['pause', 'slowed']);
  await pass(400);
  expect(events).toEqual(['pause', 'slowed']);
  await pass(200);
  expect(events).toEqual(['pause', 'slowed', 'resume']);
});

test('a peer that goes on is dropped after a while, and nothing of it is handed on any more', async () => {
  const { send, handedOn, events, pass } = throttled();
  for (let tenth = 0; tenth < 55; tenth += 1) {
    send(5);
    await pass(100);
  }
  await until(() => events.includes('flooded'));
  expect(events.filter((event) => event === 'slowed')).toHaveLength(1);
  const before = handedOn.length;
  await pass(2_000);
  expect(handedOn).toHaveLength(before);
  expect(before).toBeLessThan(65);
});

test('one that is too fast now and then is slowed, and never dropped', async () => {
  const { send, events, handedOn, pass } = throttled();
  for (let burst = 0; burst < 10; burst += 1) {
    send(15);
    await pass(3_000);
  }
  expect(handedOn).toHaveLength(150);
  expect(events).not.toContain('flooded');
});
