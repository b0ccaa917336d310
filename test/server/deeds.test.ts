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
