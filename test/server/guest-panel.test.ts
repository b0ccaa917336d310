import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { everywhere, interfacesOf, manualClock, openPeer, startService } from './support.ts';

const trusting = { rejectUnauthorized: false };
const panel = [{ address: '127.0.0.1', port: 0 }];

/** A guest of win10, and what opens the panel as it. */
async function start(clock = manualClock()) {
  const service = await startService({
    clock,
    panel,
    listen: [everywhere],
    interfaces: interfacesOf({ eth0: ['192.0.2.1', '127.0.0.1'] }),
  });
  const { id, token } = await service.guests.pair('win10');
  const enter = async (credentials: unknown) => {
    const peer = await openPeer(`wss://127.0.0.1:${service.port}/`, trusting);
    const answer = (await peer.ask('session.authenticate', credentials)) as Answer;
    return { peer, answer };
  };
  const { peer: guest } = await enter({ token });
  const link = async () => new URL(((await guest.ask('panel.open')) as Answer).result.url);
  const code = async () => (await link()).hash.slice(1);
  const browser = async () => enter({ code: await code() });
  return { service, clock, id, enter, guest, link, code, browser };
}

interface Answer {
  result: { url: string; token: string };
}

const unauthenticated = { error: { data: { code: 'unauthenticated' } } };
const notPermitted = { error: { data: { code: 'not-permitted' } } };

test('the link of a guest leads to where it has reached the service', async () => {
  const { service, link } = await start();
  expect((await link()).origin).toBe(`https://127.0.0.1:${service.port}`);
});

test('it comes with the fingerprint of the certificate that the browser is shown', async () => {
  const { service, guest } = await start();
  const shown = connect({ ...trusting, port: service.port, host: '127.0.0.1' });
  await once(shown, 'secureConnect');
  expect(await guest.ask('panel.open')).toMatchObject({
    result: { fingerprint: shown.getPeerX509Certificate()?.fingerprint256 },
  });
  shown.destroy();
});

test('whoever opens it is that guest, and no new one: it sees and moves what the guest may', async () => {
  const { service, id, browser } = await start();
  const { peer, answer } = await browser();
  expect(answer).toMatchObject({ result: { id, domain: 'win10' } });
  expect(service.guests.list()).toHaveLength(1);
  expect(await peer.ask('state.get')).toMatchObject({
    result: { seats: [{ name: 'desk' }, { name: 'couch' }], problems: [], guests: [{ id }] },
  });
  expect(await peer.ask('seat.give', { seat: 'lab', to: 'linux' })).toMatchObject({
    error: { data: { code: 'seat-unknown' } },
  });
  for (const method of ['guest.list', 'groups.picture', 'host.suspend']) {
    expect(await peer.ask(method)).toMatchObject(notPermitted);
  }
  expect(await peer.ask('seat.give', { seat: 'desk', to: 'win10' })).toMatchObject({
    result: { owner: 'win10' },
  });
});

test('a guest may name no domain, whether there is one or not', async () => {
  const { guest } = await start();
  const answers = [];
  for (const domain of ['linux', 'attic']) answers.push(await guest.ask('panel.open', { domain }));
  expect(answers[0]).toMatchObject(notPermitted);
  expect(answers[1]).toEqual(answers[0]);
});

test('the link is good once and for 10 minutes, what it is changed for 12 hours', async () => {
  const { clock, code, enter } = await start();
  const [first, second] = [await code(), await code()];
  const { token } = (await enter({ code: first })).answer.result;
  expect((await enter({ code: first })).answer).toMatchObject(unauthenticated);
  clock.advance(600_000);
  expect((await enter({ code: second })).answer).toMatchObject(unauthenticated);
  const { peer, answer } = await enter({ token });
  expect(answer).toMatchObject({ result: { domain: 'win10' } });
  clock.advance(12 * 3_600_000);
  expect(await peer.closed).toMatchObject({ code: 4401 });
  expect((await enter({ token })).answer).toMatchObject(unauthenticated);
});

test('a browser that makes a link for the next one gives it no more time than it has', async () => {
  const { clock, browser, enter } = await start();
  const { peer } = await browser();
  clock.advance(11 * 3_600_000);
  const { url } = ((await peer.ask('panel.open')) as Answer).result;
  const next = await enter({ code: new URL(url).hash.slice(1) });
  const { token } = next.answer.result;
  clock.advance(3_600_000);
  expect(await next.peer.closed).toMatchObject({ code: 4401 });
  expect((await enter({ token })).answer).toMatchObject(unauthenticated);
});

test('when the guest is revoked its browsers are out at once, and so are its links', async () => {
  const { service, id, code, enter, browser } = await start();
  const unused = await code();
  const { peer, answer } = await browser();
  const local = await openPeer(service.unixAddress);
  await local.ask('guest.revoke', { id });
  expect(await peer.closed).toMatchObject({ code: 4403 });
  for (const credentials of [{ code: unused }, { token: answer.result.token }]) {
    expect((await enter(credentials)).answer).toMatchObject(unauthenticated);
  }
});

test('a browser of a guest is that guest at the door of the host too', async () => {
  const { service, code } = await start();
  const peer = await openPeer(`ws://127.0.0.1:${service.panelPort}/`);
  expect(await peer.ask('session.authenticate', { code: await code() })).toMatchObject({
    result: { domain: 'win10' },
  });
});

test('a guest that makes many links uses up no code of the host', async () => {
  const { service, clock, code, enter } = await start();
  const local = await openPeer(service.unixAddress);
  const { result } = (await local.ask('guest.pair', { domain: 'linux' })) as {
    result: { code: string };
  };
  for (let each = 0; each < 65; each += 1) {
    await code();
    // No faster than it may ask.
    clock.advance(20);
  }
  expect((await enter({ code: result.code })).answer).toMatchObject({
    result: { domain: 'linux' },
  });
});
