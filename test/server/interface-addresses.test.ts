import { expect, test } from 'vitest';
import { followInterface } from '../../src/server/interface-addresses.ts';
import {
  eventually,
  freePort,
  interfacesOf,
  manualClock,
  openPeer,
  startService,
  until,
} from './support.ts';

/** An interface that is followed, and what of it is served. */
function followed(addresses: Record<string, string[]>) {
  const clock = manualClock();
  const ending = new AbortController();
  const served: string[] = [];
  const seen: boolean[] = [];
  const following = followInterface(
    { ...clock, ...interfacesOf(addresses) },
    { interface: 'virbr0', port: 1 },
    (address, gone) => {
      served.push(address);
      return new Promise((resolve) => {
        gone.addEventListener('abort', () => {
          served.splice(served.indexOf(address), 1);
          resolve();
        });
      });
    },
    (exists) => seen.push(exists),
    ending.signal,
  );
  const look = async () => {
    const before = seen.length;
    await until(() => {
      clock.advance(2_000);
      return seen.length > before;
    });
    return served;
  };
  return { served, seen, look, ending, following };
}

test.each([
  { has: ['192.168.122.1'], serves: ['192.168.122.1'] },
  {
    has: ['192.168.122.1', 'fd00::1', 'fe80::1%virbr0'],
    serves: ['192.168.122.1', 'fd00::1'],
  },
  { has: ['fe80::1%virbr0'], serves: ['fe80::1%virbr0'] },
  { has: [], serves: [] },
])('of an interface with $has $serves is served', async ({ has, serves }) => {
  const { served } = followed({ virbr0: has });
  expect(served).toEqual(serves);
});

test('addresses are followed as they come and go', async () => {
  const all: Record<string, string[]> = {};
  const { look, seen, ending, following } = followed(all);
  expect(await look()).toEqual([]);
  all['virbr0'] = ['192.168.122.1'];
  expect(await look()).toEqual(['192.168.122.1']);
  all['virbr0'] = ['192.168.122.1', 'fd00::1'];
  expect(await look()).toEqual(['192.168.122.1', 'fd00::1']);
  all['virbr0'] = ['fd00::1'];
  expect(await look()).toEqual(['fd00::1']);
  delete all['virbr0'];
  expect(await look()).toEqual([]);
  expect([seen[0], seen.at(-1)]).toEqual([false, false]);
  ending.abort();
  await following;
});

test('a service that starts before its interface serves guests there once it comes, and while it stays', async () => {
  const all: Record<string, string[]> = {};
  const clock = manualClock();
  const port = await freePort();
  const service = await startService({
    clock,
    listen: [{ interface: 'virbr0', port }],
    interfaces: interfacesOf(all),
  });
  expect(service.problems).toMatchObject([
    {
      code: 'address-absent',
      what: 'Guests cannot connect yet: this machine has no network interface virbr0.',
    },
  ]);
  const local = await openPeer(service.unixAddress);
  expect(await local.ask('guest.pair', { domain: 'win10' })).toMatchObject({
    error: { data: { code: 'listen-failed' } },
  });
  all['virbr0'] = ['127.0.0.77'];
  const { token } = await service.guests.pair('win10');
  const guest = await eventually(() => {
    clock.advance(2_000);
    return openPeer(`ws://127.0.0.77:${port}/`);
  });
  expect(await guest.ask('session.authenticate', { token })).toMatchObject({ result: {} });
  all['virbr0'] = [];
  clock.advance(2_000);
  expect(await guest.closed).toMatchObject({ code: 1001 });
  await expect(openPeer(`ws://127.0.0.77:${port}/`)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
