import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openPeer, seat, until } from '../server/support.ts';
import { pairedHost, type Host } from './paired.ts';
import { makeIdentity, relay } from './relay.ts';
import { createPrefix, missingOf, program, reasonText, type Prefix } from './wine.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingOf('x86_64-w64-mingw32-gcc', 'wine', 'wineserver', 'openssl');
const title = `watch of the client for Windows, under Wine${reasonText(missing)}`;

describe.skipIf(missing.length > 0)(title, () => {
  let prefix: Prefix;
  beforeAll(async () => {
    prefix = await createPrefix();
  });
  afterAll(() => prefix.end());

  function startWatch(...flags: string[]) {
    const child = prefix.start(program, 'watch', ...flags);
    const next = linesOf(child.stdout);
    return { child, next, nextAside: linesOf(child.stderr) };
  }

  /** Waits until it is told of changes. */
  async function startWatchOf({ service }: Host, ...flags: string[]) {
    const watch = startWatch(...flags);
    await until(() => service.control.listeners.size > 1);
    return watch;
  }

  test('it prints a line for each change that this guest sees', async () => {
    const host = await pairedHost(prefix);
    const watch = await startWatchOf(host);
    const { control } = host.service;
    control.current.seats = [seat('desk', { owner: 'win10' })];
    control.tell();
    const lines = [await watch.next(), await watch.next(), await watch.next()];
    expect(lines.map((line) => line.slice(21))).toEqual([
      'seat desk with win10',
      'seat couch no more',
      'usb device 1532:0037 of couch no more',
    ]);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}seat/);
  });

  test('with --json it prints the state, as it is and then for each change', async () => {
    const host = await pairedHost(prefix);
    const watch = await startWatchOf(host, '--json');
    const owner = async () => JSON.parse(await watch.next()).seats[0].owner as unknown;
    expect(await owner()).toBe('host');
    host.service.control.current.seats = [seat('desk', { owner: 'win10' })];
    host.service.control.tell();
    expect(await owner()).toBe('win10');
  });

  test('a host that goes away is waited for, and what changed meanwhile is told', async () => {
    const host = await pairedHost(prefix);
    const watch = await startWatchOf(host);
    const { control } = host.service;
    control.current.seats = [seat('desk', { owner: 'win10' }), seat('couch')];
    control.tell();
    // What it has not been told before the host goes away cannot be seen to change.
    expect(await watch.next()).toMatch(/seat desk with win10$/);
    await host.relay.down();
    await until(() => control.listeners.size <= 1);
    control.current.seats = [seat('desk'), seat('couch')];
    await host.relay.up();
    expect(await watch.next()).toMatch(lost);
    expect(await watch.next()).toMatch(found);
    expect(await watch.next()).toMatch(/seat desk with host$/);
  });

  test('a host that was never there is waited for, and told of once', async () => {
    const host = await pairedHost(prefix);
    await host.relay.down();
    const watch = startWatch();
    expect(await watch.next()).toMatch(lost);
    await host.relay.up();
    expect(await watch.next()).toMatch(found);
    host.service.control.current.seats = [seat('desk', { owner: 'win10' }), seat('couch')];
    host.service.control.tell();
    expect(await watch.next()).toMatch(/seat desk with win10$/);
  });

  test('a host that hangs is missed, and found again when it goes on', async () => {
    const host = await pairedHost(prefix);
    const watch = await startWatchOf(host);
    host.relay.hang();
    expect(await watch.next()).toMatch(lost);
    host.relay.recover();
    expect(await watch.next()).toMatch(found);
  });

  test('a host that has no room for this guest yet is waited for', async () => {
    const limits = { connectionsPerGuest: 1 };
    const { service } = await pairedHost(prefix, undefined, { limits });
    const { stdout } = await prefix.run(program, 'panel');
    const browser = await openPeer(service.address);
    await browser.ask('session.authenticate', { code: new URL(stdout).hash.slice(1, 23) });
    expect(await prefix.run(program, 'status')).toMatchObject({ exitCode: 1, stdout: '' });
    const watch = startWatch();
    expect(await watch.next()).toMatch(/ {2}the host is lost, .+ as many connections as it may\.$/);
    browser.socket.terminate();
    expect(await watch.next()).toMatch(found);
  });

  test('with --json the waiting is told on the standard error', async () => {
    const host = await pairedHost(prefix);
    await host.relay.down();
    const watch = startWatch('--json');
    expect(await watch.nextAside()).toMatch(lost);
    await host.relay.up();
    expect(await watch.nextAside()).toMatch(found);
    expect(JSON.parse(await watch.next())).toMatchObject({ seats: [{ name: 'desk' }, {}] });
  });

  test('a host with another key is not waited for', async () => {
    const { service, relay: honest } = await pairedHost(prefix);
    await honest.down();
    await relay(makeIdentity(service.folder), service.port, honest.port);
    expect(await startWatch().child).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('is not the host that this guest was paired with'),
    });
  });

  test('a guest that is revoked meanwhile is told so', async () => {
    const host = await pairedHost(prefix);
    const { child } = await startWatchOf(host);
    await host.revoke();
    const { exitCode, stdout, stderr } = await child;
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 5,
      stdout: '',
      stderr:
        'handglass-guest: The service does not accept this guest.\n' +
        '                 Pair it on the host with `handglass guest pair DOMAIN`.\n',
    });
  });
});

// The words of `handglass guest watch`; what the system says of a lost connection is its own.
const lost = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}the host is lost, and looked for: .+\.$/;
const found = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}the host is found again$/;

function linesOf(input: Readable): () => Promise<string> {
  const lines = createInterface({ input })[Symbol.asyncIterator]();
  return async () => String((await lines.next()).value);
}
