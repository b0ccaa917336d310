import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { sharedByDomain } from '../../src/server/own-address.ts';
import { manualClock, openPeer, startService, type TestService } from './support.ts';

/** Whether a guest of win10 that comes from 127.0.0.1 is let in where its domain has these addresses. */
async function entering(addressesOf: (domain: string) => Promise<string[]>) {
  const service = await startService({ addressesOf });
  const { id, token } = await service.guests.pair('win10');
  const peer = await openPeer(service.address);
  return { id, service, peer, answer: await peer.ask('session.authenticate', { token }) };
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
  const { id, answer, peer, service } = await entering(addressesOf);
  expect(answer).toMatchObject({ error: { data: { code: 'not-permitted' } } });
  expect(await peer.closed).toMatchObject({ code: 4401 });
  expect(service.journal).toEqual([
    `127.0.0.1: not let in: guest ${id} (win10): The caller's address is not one of its domain's.`,
  ]);
});

test('a domain is looked up once at a time, whoever asks', async () => {
  const asked: PromiseWithResolvers<string[]>[] = [];
  const ask = sharedByDomain(() => {
    const answer = Promise.withResolvers<string[]>();
    asked.push(answer);
    return answer.promise;
  });
  const answers = [ask('win10'), ask('win10'), ask('linux')];
  expect(asked).toHaveLength(2);
  asked.forEach((each, index) => each.resolve([`127.0.0.${index}`]));
  expect(await Promise.all(answers)).toEqual([['127.0.0.0'], ['127.0.0.0'], ['127.0.0.1']]);
  void ask('win10');
  expect(asked).toHaveLength(3);
});

test('a code is used up by an attempt from elsewhere, and makes no guest', async () => {
  const service = await startService({ addressesOf: async () => [] });
  const code = await invitationTo(service);
  for (const expected of ['not-permitted', 'unauthenticated']) {
    const peer = await openPeer(service.address);
    expect(await peer.ask('session.authenticate', { code })).toMatchObject({
      error: { data: { code: expected } },
    });
  }
  expect(service.guests.list()).toEqual([]);
});

const noAnswer = Promise.withResolvers<string[]>();

test.each([
  ['cannot tell whose address it is', () => Promise.reject(new Error('virsh is gone')), 1013],
  ['does not find out in time', () => noAnswer.promise, 1013],
])('a code is good again where the host %s', async (_name, firstAnswer, code) => {
  const clock = manualClock();
  const answers = [firstAnswer, async () => ['127.0.0.1']];
  const asking = Promise.withResolvers<void>();
  const service = await startService({
    clock,
    addressesOf() {
      asking.resolve();
      return answers.shift()?.() ?? Promise.resolve([]);
    },
  });
  const credentials = { code: await invitationTo(service) };
  const first = await openPeer(service.address);
  first.send({ jsonrpc: '2.0', id: 1, method: 'session.authenticate', params: credentials });
  await asking.promise;
  clock.advance(5_000);
  expect(await first.closed).toMatchObject({ code });
  noAnswer.resolve(['127.0.0.1']);
  const second = await openPeer(service.address);
  expect(await second.ask('session.authenticate', credentials)).toMatchObject({
    result: { domain: 'win10' },
  });
  expect(service.guests.list()).toHaveLength(1);
});

test('a code is good again where the new guest could not be written', async () => {
  let isFull = true;
  const service = await startService();
  const pair = service.guests.pair.bind(service.guests);
  service.guests.pair = (domain) => {
    if (!isFull) return pair(domain);
    return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  };
  const credentials = { code: await invitationTo(service) };
  const first = await openPeer(service.address);
  expect(await first.ask('session.authenticate', credentials)).toMatchObject({
    error: { data: { code: 'internal' } },
  });
  isFull = false;
  const second = await openPeer(service.address);
  expect(await second.ask('session.authenticate', credentials)).toMatchObject({
    result: { domain: 'win10' },
  });
});

async function invitationTo(service: TestService): Promise<string> {
  const local = await openPeer(service.unixAddress);
  const { result } = (await local.ask('guest.pair', { domain: 'win10' })) as {
    result: { code: string };
  };
  return result.code;
}

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

test.each([
  ['in words for the host', new HandglassError('libvirt-unavailable', 'virsh is gone.', 'Run it.')],
  ['in a way that nobody foresaw', new Error('virsh is gone')],
])(
  'where the lookup fails %s, a guest may try again, and the journal alone has the reason',
  async (_name, failure) => {
    const { answer, peer, service } = await entering(() => Promise.reject(failure));
    expect(answer).toMatchObject({
      error: {
        message: "The host cannot tell now whether the caller's address is its domain's.",
        data: { code: 'service-down' },
      },
    });
    expect(JSON.stringify(answer)).not.toContain('virsh');
    expect(await peer.closed).toEqual({ code: 1013, reason: 'Try again later' });
    expect(service.journal).toEqual([
      expect.stringMatching(/^127\.0\.0\.1: not let in: .* is its domain's.*\(virsh is gone/),
    ]);
  },
);
