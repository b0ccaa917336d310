import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// How long a compiler takes is no matter of these tests.
vi.setConfig({ testTimeout: 60_000 });

const repository = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handglass-'));
  cpSync(join(repository, 'native'), join(folder, 'native'), {
    recursive: true,
    filter: (path) => !path.endsWith('/build'),
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

const addon = () => join(folder, 'native/build/handglass.node');
const addHeaders = () =>
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
const build = (env: NodeJS.ProcessEnv = {}) =>
  spawnSync('sh', [join(folder, 'native/build.sh')], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

test('a build that is newer than the sources stays as it is', () => {
  addHeaders();
  expect(build()).toMatchObject({ status: 0, stderr: '' });
  const { ino } = statSync(addon());
  // No compiler is needed for what is built already.
  expect(build({ CC: '/nowhere/cc' })).toMatchObject({ status: 0, stderr: '' });
  expect(statSync(addon()).ino).toBe(ino);
});

test('a source that is newer than the build makes a new file in its place', () => {
  addHeaders();
  mkdirSync(join(folder, 'native/build'));
  cpSync(join(folder, 'native/addon.c'), addon());
  utimesSync(addon(), 1, 1);
  const { ino } = statSync(addon());
  expect(build()).toMatchObject({ status: 0 });
  expect(statSync(addon()).ino).not.toBe(ino);
});

test('CC may hold several words and CFLAGS reach the compiler', () => {
  addHeaders();
  expect(build({ CC: 'env cc', CFLAGS: '-g -DNDEBUG' })).toMatchObject({ status: 0, stderr: '' });
  rmSync(addon());
  expect(build({ CFLAGS: '--no-such-flag' }).status).not.toBe(0);
});

test('a missing compiler is one sentence that names the remedy', () => {
  addHeaders();
  expect(build({ CC: '/nowhere/cc' })).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^There is no C compiler '\/nowhere\/cc': install one .*\n$/),
  });
});

test('missing headers are one sentence that names the remedy', () => {
  expect(build()).toMatchObject({
    status: 1,
    stderr: 'node-api-headers is missing: run npm ci.\n',
  });
});
