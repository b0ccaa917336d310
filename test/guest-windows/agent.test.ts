import { once } from 'node:events';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { sampleState, seat, temporaryFolder, until } from '../server/support.ts';
import { createDesktop, type Desktop, desktopPrograms } from './desktop.ts';
import { compileHarness } from './harness.ts';
import { pairedHost, type Host } from './paired.ts';
import { missingOf, program, reasonText } from './wine.ts';

// A Windows desktop is started; how long that takes is no matter of these tests.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingOf(...desktopPrograms);
const title = `the agent for Windows, on a desktop under Wine${reasonText(missing)}`;

const oneSeat = { ...sampleState, seats: [seat('desk')] };
const logonEntry = String.raw`HKCU\Software\Microsoft\Windows\CurrentVersion\Run`;

/** All but its link. */
const agentParts = [
  'address',
  'agent',
  'agent-window',
  'arena',
  'client',
  'connection',
  'eject',
  'folder',
  'hotkey',
  'icon',
  'json',
  'menu',
  'output',
  'pairing',
  'pairing-file',
  'pin',
  'protocol',
  'render-words',
  'settings',
  'settings-file',
  'text',
  'tray',
  'wide',
  'wire',
];
const agentLibraries = ['winhttp', 'bcrypt', 'crypt32', 'shell32', 'setupapi', 'gdi32'];

describe.skipIf(missing.length > 0)(title, () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await createDesktop();
  });
  afterAll(() => desktop.end());
  afterEach(async () => {
    await guest('uninstall');
    await rm(settingsFile(), { force: true });
  });

  const settingsFile = () => join(desktop.prefix.folder, 'settings.ini');
  const guest = (...words: string[]) => desktop.prefix.start(program, ...words);

  /** Waits until the agent is told of changes, and gives a promise of its end. */
  async function startAgent(host: Host, ...flags: string[]) {
    const ended = guest('agent', ...flags);
    await connected(host);
    return { ended };
  }

  async function install(...flags: string[]): Promise<void> {
    // What it starts has its output too, so that this does not end with it.
    const { stdout } = guest('install', ...flags);
    const [line] = (await once(createInterface(stdout), 'line')) as [string];
    expect(line).toBe('installed: the agent runs now and from every logon on');
  }

  /** Presses until it is heard: what registers the hotkey is not told of. */
  async function pressUntilMoved(host: Host, keys: string, move: string): Promise<void> {
    await vi.waitFor(
      async () => {
        await desktop.pointAtIcon();
        await desktop.press(keys);
        await vi.waitUntil(() => host.service.control.moves.at(-1) === move, { timeout: 2_000 });
      },
      { interval: 50, timeout: 60_000 },
    );
  }

  test('a hotkey moves the only seat to this guest, and back', async () => {
    const host = await pairedHost(desktop.prefix, oneSeat);
    await startAgent(host);
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to win10');
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to host');
  });

  test('each seat may have a hotkey of its own', async () => {
    const host = await pairedHost(desktop.prefix);
    await startAgent(host, '--hotkey', 'ctrl+alt+Insert couch', '--hotkey', 'ctrl+F11 desk');
    await pressUntilMoved(host, 'ctrl+alt+Insert', 'couch to win10');
    await pressUntilMoved(host, 'ctrl+F11', 'desk to win10');
  });

  test('the menu beside the clock moves a seat, and ends the agent', async () => {
    const host = await pairedHost(desktop.prefix, oneSeat);
    const { ended } = await startAgent(host);
    await desktop.openMenu();
    await desktop.press('Down');
    await desktop.press('Return');
    await until(() => host.service.control.moves.length === 1);
    await desktop.openMenu();
    await desktop.press('Down');
    await desktop.press('Return');
    await until(() => host.service.control.moves.length === 2);
    expect(host.service.control.moves).toEqual(['desk to win10', 'desk to host']);
    await desktop.openMenu();
    await desktop.press('Up');
    await desktop.press('Return');
    expect(await ended).toMatchObject({ exitCode: 0 });
  });

  test('a handoff that fails is told in a balloon', async () => {
    const host = await pairedHost(desktop.prefix, oneSeat);
    await startAgent(host);
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to win10');
    const before = (await desktop.windows()).length;
    host.service.control.beforeMoveEnds = () => {
      throw new HandglassError('locked-out', 'Guests are locked out.', 'Wait a little.');
    };
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to host');
    await vi.waitUntil(async () => (await desktop.windows()).length > before, {
      interval: 50,
      timeout: 60_000,
    });
  });

  test('a host that goes away and comes back is found again', async () => {
    const host = await pairedHost(desktop.prefix, oneSeat);
    await startAgent(host);
    await host.relay.down();
    await until(() => !isConnected(host));
    await host.relay.up();
    await connected(host);
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to win10');
  });

  test('a host that hangs is left, with a balloon for what it was asked, and found again', async () => {
    const host = await pairedHost(desktop.prefix, oneSeat);
    await startAgent(host);
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to win10');
    const before = new Set(await desktop.windows());
    const calls = () => host.relay.heard().split('GET / ').length;
    const called = calls();
    host.relay.hang();
    await desktop.press('ctrl+alt+Home');
    await until(() => calls() > called);
    await vi.waitUntil(async () => (await desktop.windows()).some((id) => !before.has(id)), {
      interval: 50,
      timeout: 60_000,
    });
    host.relay.recover();
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to host');
  });

  test('a guest that is paired anew is connected at once', async () => {
    const revoked = await pairedHost(desktop.prefix, oneSeat);
    await startAgent(revoked);
    await revoked.revoke();
    const host = await pairedHost(desktop.prefix, oneSeat);
    await connected(host);
    await pressUntilMoved(host, 'ctrl+alt+Home', 'desk to win10');
  });

  test('a guest that is paired anew while the agent connects is connected to the new host', async () => {
    const answers = [Promise.resolve(['127.0.0.1'])];
    const addressesOf = vi.fn(async () => (await answers.shift()) ?? []);
    const slow = await pairedHost(desktop.prefix, oneSeat, { addressesOf });
    const late = Promise.withResolvers<string[]>();
    answers.push(late.promise);
    void guest('agent');
    await until(() => addressesOf.mock.calls.length === 2);
    const host = await pairedHost(desktop.prefix, oneSeat);
    late.resolve(['127.0.0.1']);
    await connected(host);
    expect(isConnected(slow)).toBe(false);
  });

  // Most of the agent is compiled for it.
  test(
    'an agent that Windows starts no thread for says so, and ends',
    { timeout: 600_000 },
    async () => {
      const folder = await temporaryFolder();
      const harness = compileHarness(folder, 'threadless', agentParts, agentLibraries);
      expect(await desktop.prefix.run(harness)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(
          /^handglass-guest: The agent cannot connect to the host: .+\.\n/,
        ),
      });
    },
  );

  test('install starts the agent now and at every logon, from a place of its own; uninstall ends that', async () => {
    const host = await pairedHost(desktop.prefix, oneSeat);
    await install('--hotkey', 'ctrl+shift+F9');
    await connected(host);
    const path = String.raw`C:\users\alice\AppData\Local\Programs\Handglass\handglass-guest.exe`;
    const entry = await desktop.prefix.run('reg', 'query', logonEntry, '/v', 'Handglass');
    expect(entry.stdout).toContain(`"${path}" agent`);
    await pressUntilMoved(host, 'ctrl+shift+F9', 'desk to win10');
    expect(await guest('agent')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('The agent runs already.'),
    });

    expect(await guest('uninstall')).toMatchObject({
      exitCode: 0,
      stdout: 'uninstalled: the agent starts no more; the pairing is kept\n',
    });
    await until(() => !isConnected(host));
    const gone = await desktop.prefix.run('reg', 'query', logonEntry, '/v', 'Handglass');
    expect(gone.exitCode).not.toBe(0);
    const copy = join(desktop.prefix.folder, '../../Local/Programs/Handglass/handglass-guest.exe');
    await expect(access(copy)).rejects.toThrow('ENOENT');
    expect(await guest('status')).toMatchObject({ exitCode: 0 });
  });

  test('what an earlier install was told stays where a later one says nothing of it', async () => {
    const host = await pairedHost(desktop.prefix, oneSeat);
    const kept = async (...flags: string[]) => {
      await install(...flags);
      // Only an agent that is there is ended by the next.
      await connected(host);
      await guest('uninstall');
      await until(() => !isConnected(host));
      return (await readFile(settingsFile(), 'utf8')).trimEnd().split('\r\n');
    };
    const card = String.raw`PCI\VEN_1002&DEV_73BF`;
    const other = String.raw`PCI\VEN_10DE`;
    expect(await kept('--eject', card)).toEqual([`eject = ${card}`]);
    const keys = ['hotkey = f7', 'hotkey = f8 desk'];
    expect(await kept('--hotkey', 'f7', '--hotkey', 'f8 desk')).toEqual([
      ...keys,
      `eject = ${card}`,
    ]);
    expect(await kept('--eject', other)).toEqual([...keys, `eject = ${other}`]);
  });
});

/** The service itself and local control listen too. */
function isConnected({ service }: Host): boolean {
  return service.control.listeners.size > 1;
}

const connected = (host: Host) => until(() => isConnected(host));
