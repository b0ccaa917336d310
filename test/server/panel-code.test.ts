import { expect, test } from 'vitest';
import {
  everywhere,
  interfacesOf,
  manualClock,
  openPeer,
  startService,
  type TestService,
  until,
} from './support.ts';

const panel = [{ address: '127.0.0.1', port: 0 }];

async function linkTo(service: TestService, params: { domain?: string } = {}): Promise<URL> {
  const local = await openPeer(service.unixAddress);
  const { result } = (await local.ask('panel.open', params)) as { result: { url: string } };
  return new URL(result.url);
}

const codeIn = (link: URL) => link.hash.slice(1);
const panelOf = (service: TestService) => openPeer(`ws://127.0.0.1:${service.panelPort}/`);

const unauthenticated = { error: { data: { code: 'unauthenticated' } } };

async function enter(service: TestService) {
  const peer = await panelOf(service);
  const code = codeIn(await linkTo(service));
  const answer = (await peer.ask('session.authenticate', { code })) as {
    result: { token: string };
  };
  return { peer, answer, token: answer.result.token };
}

test('asking for a link where nobody could connect makes no code, and uses up none', async () => {
  const gone = new Map([['eth0', ['127.0.0.1']]]);
  const interfaces = { addressesOf: () => null, addresses: () => gone.get('eth0') ?? [] };
  const service = await startService({ panel, interfaces, listen: [everywhere] });
  const code = codeIn(await linkTo(service));
  gone.clear();
  const local = await openPeer(service.unixAddress);
  for (let id = 1; id <= 64; id += 1) {
    const method = id % 2 === 0 ? 'guest.pair' : 'panel.open';
    expect(await local.ask(method, { domain: 'win10' }, id)).toMatchObject({
      error: { data: { code: 'listen-failed' } },
    });
  }
  const peer = await panelOf(service);
  expect(await peer.ask('session.authenticate', { code })).toMatchObject({ result: {} });
});

test('a link for this machine leads to the panel, which sees and moves all', async () => {
  const service = await startService({ panel });
  expect((await linkTo(service)).origin).toBe(`http://127.0.0.1:${service.panelPort}`);
  const { peer, answer, token } = await enter(service);
  expect(answer).toMatchObject({ result: { id: 'panel', domain: 'host' } });
  expect(token).toMatch(/^[\w-]{43}$/);
  const { result } = (await peer.ask('state.get')) as { result: object };
  expect(result).toMatchObject({ seats: [{}, {}, {}], problems: [{}] });
  expect(await peer.ask('seat.give', { seat: 'lab', to: 'linux' })).toMatchObject({
    result: { owner: 'linux' },
  });
});

test.each([
  ['guest.pair', { domain: 'win10' }],
  ['guest.list', {}],
  ['guest.revoke', { id: 'a' }],
  ['panel.open', {}],
  ['host.suspend', {}],
  ['trial.confirm', {}],
])('the panel may not call %s', async (method, params) => {
  const { peer } = await enter(await startService({ panel }));
  expect(await peer.ask(method, params)).toMatchObject({
    error: { message: `A panel may not call ${method}.`, data: { code: 'not-permitted' } },
  });
});

test('it counts as open while it is connected, and a browser of a guest does not', async () => {
  const service = await startService({ panel, interfaces: interfacesOf({ lo: ['127.0.0.1'] }) });
  const unknown = await panelOf(service);
  const code = codeIn(await linkTo(service, { domain: 'win10' }));
  expect(await unknown.ask('session.authenticate', { code })).toMatchObject({
    result: { domain: 'win10' },
  });
  expect(service.panels()).toBe(0);
  const { peer, token } = await enter(service);
  const other = await panelOf(service);
  await other.ask('session.authenticate', { token });
  expect(service.panels()).toBe(2);
  peer.socket.close();
  other.socket.terminate();
  await until(() => service.panels() === 0);
});

test('its token is good again for 12 hours, and its code is not', async () => {
  const clock = manualClock();
  const service = await startService({ panel, clock });
  const code = codeIn(await linkTo(service));
  const { result } = (await (await panelOf(service)).ask('session.authenticate', { code })) as {
    result: { token: string };
  };
  const again = (credentials: unknown) =>
    panelOf(service).then((peer) => peer.ask('session.authenticate', credentials));
  expect(await again({ code })).toMatchObject(unauthenticated);
  expect(await again({ token: result.token })).toMatchObject({ result: { domain: 'host' } });
  clock.advance(12 * 3_600_000);
  expect(await again({ token: result.token })).toMatchObject(unauthenticated);
});

test('neither code nor token of the panel is good at an address for guests', async () => {
  const service = await startService({ panel });
  const { token } = await enter(service);
  const code = codeIn(await linkTo(service));
  for (const credentials of [{ token }, { code }]) {
    const guest = await openPeer(service.address);
    expect(await guest.ask('session.authenticate', credentials)).toMatchObject(unauthenticated);
  }
});

test("a link for a guest's browser leads to an address for guests, with a code of its domain", async () => {
  const interfaces = interfacesOf({ eth0: ['127.0.0.1'] });
  const service = await startService({ panel, listen: [everywhere], interfaces });
  const link = await linkTo(service, { domain: 'win10' });
  expect(link.origin).toBe(`https://127.0.0.1:${service.port}`);
  const guest = await openPeer(`wss://${link.host}/`, { rejectUnauthorized: false });
  expect(await guest.ask('session.authenticate', { code: codeIn(link) })).toMatchObject({
    result: { id: service.guests.list()[0]?.id, domain: 'win10' },
  });
});

test('a panel whose address is taken is a problem that says so', async () => {
  const { port } = await startService();
  const { problems } = await startService({ panel: [{ address: '127.0.0.1', port }] });
  expect(problems).toMatchObject([
    { what: `The panel cannot be opened: another program listens on 127.0.0.1 port ${port}.` },
  ]);
});

test('without a panel there is no link, and none for a domain that no seat lists', async () => {
  const service = await startService();
  const local = await openPeer(service.unixAddress);
  expect(await local.ask('panel.open')).toMatchObject({
    error: { data: { code: 'listen-failed' } },
  });
  expect(await local.ask('panel.open', { domain: 'attic' })).toMatchObject({
    error: { data: { code: 'domain-unknown' } },
  });
});

test('a crowd of guests keeps nobody from the panel', async () => {
  const service = await startService({ panel, limits: { connections: 1 } });
  await openPeer(service.address);
  await enter(service);
});
