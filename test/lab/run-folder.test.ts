import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LabFailure } from './failure.ts';
import { makeRunFolder, runningLabs } from './run-folder.ts';

/** No process has it: it is above the largest that Linux gives. */
const nobody = 2 ** 22 + 1;
let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'handglass-'));
  vi.stubEnv('XDG_RUNTIME_DIR', parent);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true });
});

test('a run folder belongs to this process and is closed to other users', () => {
  const folder = makeRunFolder();

  expect(folder).toContain(`${parent}/handglass-lab-${process.pid}-`);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('the folders of killed virtual hosts are removed, the others stay', () => {
  mkdirSync(join(parent, `handglass-lab-${nobody}-abc`));
  mkdirSync(join(parent, `handglass-lab-${process.ppid}-abc`));
  mkdirSync(join(parent, 'handglass-other'));

  makeRunFolder();

  expect(existsSync(join(parent, `handglass-lab-${nobody}-abc`))).toBe(false);
  expect(existsSync(join(parent, `handglass-lab-${process.ppid}-abc`))).toBe(true);
  expect(existsSync(join(parent, 'handglass-other'))).toBe(true);
});

test('running virtual hosts of this checkout are listed from the newest to the oldest', () => {
  const [first, second, third] = [makeRunFolder(), makeRunFolder(), makeRunFolder()];
  utimesSync(first, 2000, 2000);
  utimesSync(second, 3000, 3000);
  utimesSync(third, 1000, 1000);
  mkdirSync(join(parent, `handglass-lab-${nobody}-abc`));
  mkdirSync(join(parent, `handglass-lab-${process.pid}-00000000-abc`));

  expect(runningLabs()).toEqual([second, first, third]);
});

test('a parent folder that cannot be used is a failure with its remedy', () => {
  vi.stubEnv('XDG_RUNTIME_DIR', '/dev/null/run');

  expect(runningLabs()).toEqual([]);
  expect(() => makeRunFolder()).toThrow(LabFailure);
  expect(() => makeRunFolder()).toThrow('Set XDG_RUNTIME_DIR');
});
