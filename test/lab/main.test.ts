import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handglass-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('--help explains itself on stdout', () => {
  const { status, stdout, stderr } = lab(['--help']);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('npm run lab -- [--boot systemd|bare]');
  expect(stdout).toContain('LAB_BOOT');
});

test.each([
  [['--fast'], "Unknown option '--fast'.\n"],
  [['--'], 'After -- comes the command to run.\n'],
  [['--exec', '/nowhere'], '--exec cannot read /nowhere: '],
  [['--exec', main], `--exec runs a script, and ${main} does not start with #!.\n`],
])('%j ends with status 2 and a sentence', (words, sentence) => {
  const { status, stdout, stderr } = lab(words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.startsWith(sentence)).toBe(true);
});

test('--attach says so when no virtual host runs', () => {
  const { status, stderr } = lab(['--attach'], { XDG_RUNTIME_DIR: folder });

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'No virtual host runs. Start one with npm run lab or npm start.\n',
  });
});

test('a cache folder that cannot be made is named, with the remedy', () => {
  writeFileSync(join(folder, 'file'), '');

  const { status, stderr } = lab([], { XDG_CACHE_HOME: join(folder, 'file') });

  expect(status).toBe(1);
  expect(stderr).toContain(`Cannot make the cache folder ${folder}/file/handglass`);
  expect(stderr).toContain('Set XDG_CACHE_HOME');
});

test('a missing mmdebstrap is named with the package to install', () => {
  const { status, stderr } = lab([], { XDG_CACHE_HOME: folder, PATH: folder });

  expect(status).toBe(1);
  expect(stderr).toContain('Install the packages mmdebstrap, genext2fs and e2fsprogs.\n');
});

function lab(words: string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, [main, ...words], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    input: '',
  });
}
