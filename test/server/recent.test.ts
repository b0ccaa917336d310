import { expect, test } from 'vitest';
import { createRecentChanges } from '../../src/server/recent.ts';
import type { State } from '../../src/server/protocol.ts';
import { openGuestPeer, openPeer, sampleState, seat, startService } from './support.ts';

async function changed() {
  const service = await startService();
  const { control } = service;
  control.tell();
  for (const [index, owner] of [
    [2, 'linux'],
    [0, 'win10'],
    [1, 'linux'],
  ] as const) {
    control.current.seats[index]!.owner = owner;
    control.tell();
  }
  return service;
}

const timed = (...texts: string[]) =>
  texts.map((what) => ({ what, time: expect.stringMatching(/^\d{4}-.*Z$/) as string }));

test('whoever comes later is told what has changed of late', async () => {
  const local = await openPeer((await changed()).unixAddress);
  expect(await local.ask('state.recent')).toMatchObject({
    result: timed('seat lab with linux', 'seat desk with win10', 'seat couch with linux'),
  });
});

test('a guest is told of what it sees alone, and not of its own coming', async () => {
  const service = await changed();
  const guest = await openGuestPeer(service, 'win10');
  expect(await guest.ask('state.recent')).toMatchObject({
    result: timed('seat desk with win10', 'seat couch with other'),
  });
});

test('where nothing has changed, there is nothing to tell', async () => {
  const local = await openPeer((await startService()).unixAddress);
  expect(await local.ask('state.recent')).toMatchObject({ result: [] });
});

test('what has been compared for a domain is not compared again, whoever asks', () => {
  let reads = 0;
  const stateOf = (number: number): State => ({
    ...sampleState,
    number,
    get seats() {
      reads += 1;
      return [seat('desk', { owner: number % 2 === 0 ? 'host' : 'win10' })];
    },
  });
  const states = [1, 2, 3, 4].map(stateOf);
  const recentChanges = createRecentChanges();
  const askedBy = (id: string, domain: string) =>
    recentChanges({ kind: 'guest', id, domain }, states).map(({ what }) => what);
  const first = askedBy('a', 'win10');
  expect(first).toEqual(['seat desk with host', 'seat desk with win10', 'seat desk with host']);
  const readAtFirst = reads;
  expect(askedBy('b', 'win10')).toEqual(first);
  expect(reads).toBe(readAtFirst);
  expect(askedBy('c', 'linux')).toEqual([]);

  states.shift();
  states.push(stateOf(5));
  expect(askedBy('a', 'win10').at(-1)).toBe('seat desk with win10');
});
