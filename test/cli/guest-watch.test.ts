import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { State } from '../../src/server/protocol.ts';
import { seat, until, type TestService } from '../server/support.ts';
import { start } from './handglass.ts';
import { type Guest, replaceHost, revoke, startHost, startPaired } from './paired-guest.ts';

describe('watch in a guest', () => {
  test('says when the host is lost and found, and what has changed meanwhile', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest);
    await watch.connected();
    change(guest.service, 'win10');
    expect(sentence(await watch.next())).toBe('seat desk with win10');
    await guest.service.stop();
    expect(sentence(await watch.next())).toBe(
      'the host is lost, and looked for: The service has ended.',
    );
    const service = await startAgain(guest.service);
    expect(sentence(await watch.next())).toBe('the host is found again');
    expect(sentence(await watch.next())).toBe('seat desk with host');
    change(service, 'win10');
    expect(sentence(await watch.next())).toBe('seat desk with win10');
    watch.child.kill('SIGINT');
    expect(await watch.child).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('ends when the guest is revoked', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest);
    await watch.connected();
    await revoke(guest);
    expect(await watch.child).toMatchObject({
      exitCode: 5,
      stderr:
        'handglass: The service does not accept this guest.\n' +
        '           Pair it on the host with `handglass guest pair DOMAIN`.\n',
    });
  });

  test('ends when another key answers in the place of a host that was lost', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest);
    await watch.connected();
    await replaceHost(guest);
    expect(sentence(await watch.next())).toMatch(/^the host is lost/);
    const { exitCode, stderr } = await watch.child;
    expect(exitCode).toBe(5);
    expect(stderr).toContain("another machine answers in the host's place");
  });

  test('--json prints states alone, and tells of the host on the standard error', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest, '--json');
    const first = JSON.parse(await watch.next()) as State;
    expect(first.seats).toMatchObject([{ name: 'desk', owner: 'host' }]);
    await guest.service.stop();
    expect(sentence(await watch.nextWarning())).toMatch(/^the host is lost/);
    await startAgain(guest.service);
    expect(JSON.parse(await watch.next())).toMatchObject({ seats: first.seats });
    expect(sentence(await watch.nextWarning())).toBe('the host is found again');
  });

  test('waits for a host that is not there yet', async () => {
    const guest = await startPaired();
    await guest.service.stop();
    const watch = await startWatch(guest);
    expect(sentence(await watch.next())).toMatch(/nobody listens there\.$/);
    await startAgain(guest.service);
    expect(sentence(await watch.next())).toBe('the host is found again');
  });
});

async function startWatch(guest: Guest, ...flags: string[]) {
  const { control } = guest.service;
  const listening = control.listeners.size;
  const child = start(['guest', 'watch', ...flags], { env: guest.env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const warnings = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  return {
    child,
    connected: () => until(() => control.listeners.size > listening),
    next: async () => String((await lines.next()).value),
    nextWarning: async () => String((await warnings.next()).value),
  };
}

const startAgain = ({ port, folder }: TestService) => startHost(port, folder);

function change({ control }: TestService, owner: string): void {
  control.current.seats = [seat('desk', { owner })];
  control.tell();
}

/** A line without its time, which is checked. */
function sentence(line: string): string {
  expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/);
  return line.slice(21);
}
