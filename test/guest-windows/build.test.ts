import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { missingOf, reasonText } from './wine.ts';

// How long a compiler takes is no matter of these tests.
vi.setConfig({ testTimeout: 300_000 });

const repository = fileURLToPath(new URL('../..', import.meta.url));
const missing = missingOf('x86_64-w64-mingw32-gcc');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handglass-'));
  for (const name of ['package.json', 'native/guest-windows']) {
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const built = (root: string) => join(root, 'native/build/handglass-guest.exe');
const build = (env: NodeJS.ProcessEnv = {}) =>
  spawnSync('/bin/sh', [join(folder, 'native/guest-windows/build.sh')], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

test('without its compiler the client for Windows is not built, and nothing is said', () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync('/usr/bin/dirname', join(bin, 'dirname'));
  expect(build({ PATH: bin })).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(existsSync(built(folder))).toBe(false);
});

describe.skipIf(missing.length > 0)(`building the client for Windows${reasonText(missing)}`, () => {
  test('the same sources give the same bytes, wherever and whenever they are built', () => {
    expect(build()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(built(folder)).equals(readFileSync(built(repository)))).toBe(true);
  });

  test('it is one file below 64 KiB that needs nothing but what Windows has', () => {
    expect(statSync(built(repository)).size).toBeLessThan(64 * 1024);
    const listing = spawnSync('x86_64-w64-mingw32-objdump', ['-p', built(repository)], {
      encoding: 'utf8',
    });
    const libraries = [...listing.stdout.matchAll(/DLL Name: (\S+)/g)].map(([, name = '']) => name);
    expect(libraries.map((name) => name.toLowerCase()).toSorted()).toEqual([
      'advapi32.dll',
      'bcrypt.dll',
      'crypt32.dll',
      'gdi32.dll',
      'kernel32.dll',
      'msvcrt.dll',
      'setupapi.dll',
      'shell32.dll',
      'user32.dll',
      'winhttp.dll',
    ]);
  });

  test('it is built anew only when a source is newer', () => {
    mkdirSync(join(folder, 'native/build'));
    writeFileSync(built(folder), 'as it is');
    const later = Date.now() / 1000 + 60;
    utimesSync(built(folder), later, later);
    build();
    expect(readFileSync(built(folder), 'utf8')).toBe('as it is');
    utimesSync(built(folder), 1, 1);
    build();
    expect(statSync(built(folder)).size).toBe(statSync(built(repository)).size);
  });
});
