import { expect, test } from 'vitest';
import { openGuestPeer, openPeer, startService } from './support.ts';

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
