import { describe, expect, test } from 'vitest';
import type { State } from '../../src/server/protocol.ts';
import { openPeer } from '../server/support.ts';
import { done, idOf, startPaired, told } from './paired-guest.ts';

describe('in a guest that is paired', () => {
  test('status shows what the guest may see, in the words of the host', async () => {
    const { run } = await startPaired();
    const { stdout, stderr, status } = await run('status');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.replace(/[\da-f]{12}/, '0123456789ab')).toMatchInlineSnapshot(`
      "seat desk: with host; can go to win10
        usb  Razer DeathAdder  1532:0037  host

      domain         win10  running
      looking glass  win10                64 MiB, host alive
      guest          win10  0123456789ab  connected
      "
    `);
    const state = JSON.parse((await run('status', '--json')).stdout) as State;
    expect(state).toMatchObject({ number: 0, seats: [{ name: 'desk', domains: ['win10'] }] });
  });

  test('give has a seat given to it, release gives it back, toggle does either', async () => {
    const { run, service } = await startPaired();
    expect(await run('give', 'desk')).toEqual(done('seat desk: with win10\n'));
    expect(await run('release', 'desk')).toEqual(done('seat desk: with host\n'));
    expect(await run('toggle')).toEqual(done('seat desk: with win10\n'));
    expect(await run('toggle', 'desk')).toEqual(done('seat desk: with host\n'));
    expect(service.control.moves).toEqual([
      'desk to win10',
      'desk to host',
      'desk to win10',
      'desk to host',
    ]);
  });

  test.each([
    { args: ['give', 'desk'], owner: 'win10' },
    { args: ['release', 'desk'], owner: 'host' },
    { args: ['toggle'], owner: 'win10' },
  ])('$args --json prints the seat as it is then', async ({ args, owner }) => {
    const { run } = await startPaired();
    const { stdout, status } = await run(...args, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'desk', owner });
    expect(status).toBe(0);
  });

  test("another domain's seat is one that there is not", async () => {
    const { run } = await startPaired();
    expect(await run('give', 'lab')).toEqual(
      told(1, 'There is no seat "lab".', 'Name one of: desk.'),
    );
  });

  test('a handoff that fails is told as the host tells it to guests', async () => {
    const { run, service } = await startPaired();
    service.control.beforeMoveEnds = () => Promise.reject(new TypeError('secret of the host'));
    const { stderr, status } = await run('give', 'desk');
    expect(status).toBe(1);
    expect(stderr).not.toContain('secret');
  });
});

test('panel in a guest prints a link, by which a browser is that guest', async () => {
  const guest = await startPaired();
  const { stdout, stderr, status } = await guest.run('panel');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [url = '', ...lines] = stdout.split('\n');
  expect(lines).toEqual([
    '',
    expect.stringMatching(/^It is good once, for 10 minutes/),
    expect.stringMatching(/^The browser will warn /),
    'SHA-256 fingerprint of it:',
    expect.stringMatching(/^ {2}([\dA-F]{2}:){31}[\dA-F]{2}$/),
    '',
  ]);
  const { host, origin, hash } = new URL(url);
  expect(origin).toBe(`https://127.0.0.1:${guest.service.port}`);
  const browser = await openPeer(`wss://${host}/`, { rejectUnauthorized: false });
  expect(await browser.ask('session.authenticate', { code: hash.slice(1) })).toMatchObject({
    result: { id: idOf(guest), domain: 'win10' },
  });
  expect(JSON.parse((await guest.run('panel', '--json')).stdout)).toMatchObject({
    url: expect.stringContaining(origin) as string,
  });
});
