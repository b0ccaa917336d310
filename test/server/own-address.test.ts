import { expect, test } from 'vitest';
import { openPeer, startService } from './support.ts';

/** Whether a guest of win10 that comes from 127.0.0.1 is let in where its domain has these addresses. */
async function entering(addressesOf: (domain: string) => Promise<string[]>) {
  const service = await startService({ addressesOf });
  const { token } = await service.guests.pair('win10');
  const peer = await openPeer(service.address);
  return { service, peer, answer: await peer.ask('session.authenticate', { token }) };
}

test('a guest is let in from an address of its domain', async () => {
  const { answer, peer } = await entering(async () => ['fd00::50', '127.0.0.1']);
  expect(answer).toMatchObject({ result: { domain: 'win10' } });
  expect(await peer.ask('state.get')).toMatchObject({ result: {} });
});

test.each([
  ['has others', async () => ['192.168.122.50']],
  ['has none', async () => []],
  ['is not that domain', async (domain: string) => (domain === 'linux' ? ['127.0.0.1'] : [])],
])('a guest is refused whose domain %s', async (_name, addressesOf) => {
  const { answer, peer, service } = await entering(addressesOf);
  expect(answer).toMatchObject({ error: { data: { code: 'not-permitted' } } });
  expect(await peer.closed).toMatchObject({ code: 4401 });
  expect(service.journal).toEqual([
    "127.0.0.1: not let in: The caller's address is not one of its domain's.",
  ]);
});

test('a code is used up by an attempt from elsewhere, and makes no guest', async () => {
  const service = await startService({ addressesOf: async () => [] });
  const local = await openPeer(service.unixAddress);
  const { result } = (await local.ask('guest.pair', { domain: 'win10' })) as {
    result: { code: string };
  };
  for (const expected of ['not-permitted', 'unauthenticated']) {
    const peer = await openPeer(service.address);
    expect(await peer.ask('session.authenticate', { code: result.code })).toMatchObject({
      error: { data: { code: expected } },
    });
  }
  expect(service.guests.list()).toEqual([]);
});

test('a guest that is revoked while its address is looked up is not let in', async () => {
  const looking = Promise.withResolvers<void>();
  const found = Promise.withResolvers<string[]>();
  const service = await startService({
    addressesOf() {
      looking.resolve();
      return found.promise;
    },
  });
  const { id, token } = await service.guests.pair('win10');
  const peer = await openPeer(service.address);
  const answer = peer.ask('session.authenticate', { token });
  await looking.promise;
  await service.guests.revoke(id);
  found.resolve(['127.0.0.1']);
  expect(await answer).toMatchObject({ error: { data: { code: 'unauthenticated' } } });
});

test('one whose addresses cannot be looked up is not let in either, and the reason is told', async () => {
  const { answer, service } = await entering(() => Promise.reject(new Error('virsh is gone')));
  expect(answer).toMatchObject({ error: { data: { code: 'internal' } } });
  expect(service.failures).toEqual([new Error('virsh is gone')]);
});
