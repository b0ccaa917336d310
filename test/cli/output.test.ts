import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sampleState, seat, startService } from '../server/support.ts';
import { at, handglass, onTerminal, start } from './handglass.ts';

test('a reader that takes nothing, such as head -0, is no failure', async () => {
  // More than a pipe holds, so that the program meets the closed end whenever that closes.
  const seats = Array.from({ length: 1000 }, (_, index) => seat(`seat ${index}`));
  const { folder } = await startService({ state: { ...sampleState, seats } });
  for (const args of [['status'], ['status', '--json'], ['shm', 'size', '1920x1080'], ['--help']]) {
    const child = start(args, at(folder));
    child.stdout.destroy();
    const { exitCode, stderr } = await child;
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
  }
});

test('output that cannot be written is a failure', async () => {
  const through = ['sh', '-c', 'exec "$@" >/dev/full', 'sh'];
  expect(await handglass(['shm', 'size', '1920x1080'], { through })).toEqual({
    stdout: '',
    stderr: 'handglass: The output cannot be written: no space left on device.\n',
    status: 1,
  });
});

test('a failure breaks no word at the edge of a terminal', async () => {
  const args = [
    'shm',
    'size',
    'as large as it can be, and then larger still, whatever that may be',
  ];
  const lines = (await onTerminal(args, {}, 40)).split('\n');
  const wide = (await onTerminal(args, {}, 400)).split('\n');
  expect(wide[0]?.length).toBeGreaterThan(80);
  expect(lines.filter((line) => line.length > 40)).toEqual([]);
  expect(lines.join(' ').split(/\s+/)).toEqual(wide.join(' ').split(/\s+/));
});

describe('a command loads the packages that it needs, and no others', () => {
  test.each([
    { args: ['--help'], packages: ['@stricli/core'] },
    { args: ['--version'], packages: ['@stricli/core'] },
    { args: ['shm', 'size', '2560x1440'], packages: ['@stricli/core'] },
    { args: ['give'], packages: ['@stricli/core'] },
    { args: ['status'], packages: ['@stricli/core', 'ws', 'zod'] },
    { args: ['config', 'check', '/dev/null'], packages: ['@stricli/core', 'smol-toml', 'zod'] },
    {
      args: ['shm', 'create', '--config', '/dev/null'],
      packages: ['@stricli/core', 'smol-toml', 'zod'],
    },
  ])('$args: $packages', async ({ args, packages }) => {
    const { stderr } = await handglass(args, { env: { NODE_OPTIONS: `--import=${tracer}` } });
    const parts = [...stderr.matchAll(/^loaded file:\/\/(.*)$/gm)].map(([, path = '']) => path);
    const text = parts.map((path) => readFileSync(path, 'utf8')).join('\n');
    const loaded = [...text.matchAll(/^\/\/ \S*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)];
    expect(new Set(loaded.map(([, name]) => name))).toEqual(new Set(packages));
  });
});

/** Tells of every part of the bundle on the standard error, before it is loaded. */
const tracer = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({
    load(url, context, next) {
      writeSync(2, 'loaded ' + url + '\\n');
      return next(url, context);
    },
  });
`)}`;
