import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const units = new URL('../../units/', import.meta.url);

test('whatever install.sh makes, uninstall.sh takes away', async () => {
  const install = await readFile(new URL('install.sh', units), 'utf8');
  const uninstall = await readFile(new URL('uninstall.sh', units), 'utf8');
  const made = [...install.matchAll(/^ *(?:cat >|install -D .* )(\/\S+)(?: <<.*)?$/gm)];
  const paths = made
    .map(([, path = '']) => path)
    .filter((path) => !path.startsWith('/etc/handglass/'));
  const services = (await readdir(units)).filter((name) => name.endsWith('.service'));
  expect(paths).toHaveLength(5);
  expect(services).toHaveLength(4);
  for (const each of [...paths, ...services, 'userdel handglass'])
    expect(uninstall).toContain(each);
});

test('install.sh says what it does, from any folder and without root', () => {
  const script = fileURLToPath(new URL('install.sh', units));
  const said = execFileSync('sh', [script, '--help'], { cwd: '/', encoding: 'utf8' });
  expect(said).toMatch(
    /^Installs the service .*: sudo sh units\/install\.sh\nWith --guest, [^#]*\.\n$/,
  );
});
