import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { setupCmd } from '../../src/delivery/setup-cmd.ts';
import { connect } from '../../src/server/client.ts';
import { everywhere, interfacesOf, startService } from '../server/support.ts';

const client = fileURLToPath(new URL('../../native/build/handglass-guest.exe', import.meta.url));

/** A disc with this string on it, in a Windows of its own. */
async function insert(pairing: string) {
  const home = await mkdtemp(join(tmpdir(), 'handglass-wine-'));
  const env = {
    HOME: home,
    WINEPREFIX: join(home, 'prefix'),
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
  };
  onTestFinished(async () => {
    // The programs outlive the wine that started them.
    spawnSync('wineserver', ['--kill'], { env: { ...process.env, ...env } });
    spawnSync('wineserver', ['--wait'], { env: { ...process.env, ...env } });
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const disc = join(home, 'a disc & (more)');
  await mkdir(disc);
  await copyFile(client, join(disc, 'handglass-guest.exe'));
  await writeFile(join(disc, 'setup.cmd'), setupCmd);
  await writeFile(join(disc, 'pairing.txt'), `${pairing}\r\n`);
  const run = (...command: string[]) =>
    execa('wine', ['cmd', '/c', ...command], { cwd: disc, env, input: '\r\n', reject: false });
  return { home, run, setUp: () => run('setup.cmd') };
}

const isMissing = !existsSync(client) || spawnSync('wine', ['--version']).error !== undefined;

test.skipIf(isMissing)(
  'setup.cmd pairs and installs the client once, and says how far it came where it cannot',
  { timeout: 180_000 },
  async () => {
    const { service, pairing } = await invite();
    const { home, setUp } = await insert(pairing);
    const first = await setUp();
    const [guest] = service.guests.list();
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.stdout).toContain(`paired with 127.0.0.1 as guest ${guest?.id} of win10`);
    expect(first.stdout).toContain('The disc is no longer needed.');
    const installed = 'AppData/Local/Programs/Handglass/handglass-guest.exe';
    const found = spawnSync('find', [home, '-path', `*/${installed}`], { encoding: 'utf8' });
    expect(found.stdout).toMatch(/handglass-guest\.exe\n$/);
    const again = await setUp();
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toContain('The code is not known here');
    expect(again.stdout).toContain('Nothing was paired, and nothing installed.');
  },
);

test.skipIf(isMissing)(
  'setup.cmd says that a guest is paired whose client could not be installed',
  { timeout: 180_000 },
  async () => {
    const { service, pairing } = await invite();
    const { setUp, run } = await insert(pairing);
    // A file where the folder of the client has to be.
    await run('echo', String.raw`x>%LOCALAPPDATA%\Programs`);
    const { exitCode, stdout } = await setUp();
    expect(exitCode).toBe(1);
    expect(service.guests.list()).toHaveLength(1);
    expect(stdout).toContain('This user is paired, but the client was not installed.');
    expect(stdout).toMatch(/"[A-Z]:\\.*\\handglass-guest\.exe" install/);
    expect(stdout).not.toContain('Nothing was');
  },
);

/** A host, and what it has for a guest. */
async function invite() {
  const interfaces = interfacesOf({ lo: ['127.0.0.1'] });
  const service = await startService({ listen: [everywhere], interfaces });
  const local = await connect(service.unixAddress);
  const { pairing } = await local.call('guest.pair', { domain: 'win10' });
  await local.close();
  return { service, pairing: pairing[0] ?? '' };
}
