import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { missingOf, reasonText } from '../guest-windows/wine.ts';

const units = new URL('../../units/', import.meta.url);
const unitText = () => readFile(new URL('handglass-guest.service', units), 'utf8');
const installed = '/usr/bin/handglass';

const missing = missingOf('systemd-analyze');

test.skipIf(missing.length > 0)(
  `systemd takes every line of the unit for a guest's user${reasonText(missing)}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'handglass-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [program, unit] = [join(folder, 'handglass'), join(folder, 'handglass-guest.service')];
    await writeFile(program, '#!/bin/sh\n');
    await chmod(program, 0o755);
    await writeFile(unit, (await unitText()).replaceAll(installed, program));
    const { exitCode, all } = await execa('systemd-analyze', ['verify', '--user', unit], {
      env: { XDG_RUNTIME_DIR: folder },
      all: true,
      reject: false,
    });
    expect({ exitCode, all }).toEqual({ exitCode: 0, all: '' });
  },
);

test('it runs the command where install.sh --guest puts it, and the unit is where systemd looks', async () => {
  const install = await readFile(new URL('install.sh', units), 'utf8');
  expect(await unitText()).toContain(`\nExecStart=${installed} guest watch\n`);
  expect(install).toContain(`\ncat >${installed} <<`);
  expect(install).toContain(`\nchmod 755 ${installed}\n`);
  expect(install).toContain(
    ' units/handglass-guest.service /etc/systemd/user/handglass-guest.service\n',
  );
});
