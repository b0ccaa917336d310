import { expect, test } from 'vitest';
import { everywhere, interfacesOf, openPeer, startService } from './support.ts';

test('the journal has who was let in or out at the host, done or refused, and no code', async () => {
  const service = await startService({
    listen: [everywhere],
    interfaces: interfacesOf({ eth0: ['127.0.0.1'] }),
  });
  const { id } = await service.guests.pair('win10');
  const local = await openPeer(service.unixAddress);
  for (const [method, params] of [
    ['guest.pair', { domain: 'win10' }],
    ['guest.pair', { domain: 'attic' }],
    ['panel.open', { domain: 'win10' }],
    ['panel.open', {}],
    ['guest.revoke', { id }],
    ['guest.revoke', { id }],
    ['guest.revoke', { id: `${id}.${'A'.repeat(43)}` }],
    // Nothing changes by these, or it is told where the seats are.
    ['guest.list', {}],
    ['state.get', {}],
    ['seat.give', { seat: 'desk', to: 'host' }],
  ] as const) {
    await local.ask(method, params);
  }
  expect(service.journal).toEqual([
    'local socket: command line: guest.pair win10: done',
    'local socket: command line: guest.pair attic: refused: No seat lists the domain "attic".',
    'local socket: command line: panel.open win10: done',
    expect.stringMatching(/^local socket: command line: panel\.open: refused: There is no panel/),
    `local socket: command line: guest.revoke ${id}: done`,
    `local socket: command line: guest.revoke ${id}: refused: No guest has the id "${id}".`,
    `local socket: command line: guest.revoke ${id}.…: refused: No guest has the id "${id}.…".`,
  ]);
});

test('a guest that makes links without end hides no link and no coming of another', async () => {
  const service = await startService();
  const enter = async (credentials: unknown) => {
    const peer = await openPeer(service.address);
    await peer.ask('session.authenticate', credentials);
    return peer;
  };
  const [one, other] = [await service.guests.pair('win10'), await service.guests.pair('win10')];
  const noisy = await enter({ token: one.token });
  for (let each = 0; each < 40; each += 1) await noisy.ask('panel.open');
  const quiet = await enter({ token: other.token });
  await quiet.ask('panel.open');
  expect(service.journal.slice(-2)).toEqual([
    `127.0.0.1: guest ${other.id} (win10) has come`,
    `127.0.0.1: guest ${other.id} (win10): panel.open: done`,
  ]);
});

test('every new guest and every revocation is in the journal, however many there are', async () => {
  const service = await startService({
    listen: [everywhere],
    interfaces: interfacesOf({ eth0: ['127.0.0.1'] }),
  });
  const local = await openPeer(service.unixAddress);
  for (let each = 0; each < 35; each += 1) {
    const { result } = (await local.ask('guest.pair', { domain: 'win10' })) as {
      result: { code: string };
    };
    const address = `wss://127.0.0.1:${service.port}/`;
    const peer = await openPeer(address, { rejectUnauthorized: false });
    const entered = (await peer.ask('session.authenticate', { code: result.code })) as {
      result: { id: string };
    };
    await local.ask('guest.revoke', { id: entered.result.id });
    await peer.closed;
  }
  for (const end of ['guest.pair win10: done', 'has come, by a code', 'is revoked']) {
    expect(service.journal.filter((line) => line.endsWith(end))).toHaveLength(35);
  }
  expect(service.journal.filter((line) => /guest\.revoke .*: done$/.test(line))).toHaveLength(35);
});
