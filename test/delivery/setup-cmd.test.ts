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
  const setUp = () =>
    execa('wine', ['cmd', '/c', 'setup.cmd'], { cwd: disc, env, input: '\r\n', reject: false });
  return { home, setUp };
}

const isMissing = !existsSync(client) || spawnSync('wine', ['--version']).error !== undefined;

test.skipIf(isMissing)(
  'setup.cmd pairs and installs the client once, and says so where it cannot',
  { timeout: 180_000 },
  async () => {
    const interfaces = interfacesOf({ lo: ['127.0.0.1'] });
    const service = await startService({ listen: [everywhere], interfaces });
    const local = await connect(service.unixAddress);
    const { pairing } = await local.call('guest.pair', { domain: 'win10' });
    await local.close();
    const { home, setUp } = await insert(pairing[0] ?? '');
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
    expect(again.stdout).toContain('Nothing was installed.');
  },
);
