/** What only shows while the code runs: races between threads, and memory that is not ours. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { compile, switchboardOfPipes } from './compile.ts';
import { routerSources } from './router-desk.ts';
import { steps, walk } from './router-walk.ts';

const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Long enough for valgrind on a machine that has other things to do. */
const timeoutMs = 120_000;

test(
  'the switchboard’s threads agree with the thread sanitizer, and each press is released',
  () => {
    const sources = ['test/native/threads-harness.c', ...switchboardOfPipes];
    const program = compile(folder, 'threads', sources, 'threads');
    const { stdout, stderr, status } = spawnSync(program, ['5000'], {
      encoding: 'utf8',
      timeout: timeoutMs / 2,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/^(\d+) pressed, \1 released\n$/);
  },
  timeoutMs,
);

test(
  'valgrind finds nothing in random walks of the router',
  () => {
    const sources = routerSources.map((source) => `native/${source}.c`);
    const program = compile(folder, 'router', ['test/native/router-harness.c', ...sources], 'none');
    const walks = fc.sample(steps, { numRuns: 20, seed: 1 }).map((all) => walk(all));
    const input = walks.flatMap((moments) => ['reset', ...moments.map(({ line }) => line)]);
    const options = ['--quiet', '--leak-check=full', '--error-exitcode=9', program];
    const { stderr, status } = spawnSync('valgrind', options, {
      input: `${input.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  },
  timeoutMs,
);
