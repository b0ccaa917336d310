import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sanitizers = { memory: 'address,undefined', threads: 'thread', none: null } as const;

/** The switchboard without devices; see pipe-devices.c. */
export const switchboardOfPipes = [
  'test/native/pipe-devices.c',
  ...[
    'switchboard',
    'switchboard-ports',
    'switchboard-proxies',
    'switchboard-threads',
    'switchboard-ungrab',
    'switchboard-watcher',
    'router',
    'router-forward',
    'router-seats',
    'chords',
    'outbox',
    'capabilities',
  ].map((name) => `native/${name}.c`),
];

/** Compiles C sources, named from the repository's root, into a program; with sanitizers where there are any. */
export function compile(
  folder: string,
  name: string,
  sources: readonly string[],
  sanitizer: keyof typeof sanitizers = 'memory',
): string {
  const program = join(folder, name);
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const flags = ['-std=c11', '-g', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE', '-pthread'];
  const cc = (extra: readonly string[]) =>
    spawnSync(process.env['CC'] ?? 'cc', [...flags, ...extra, '-o', program, ...sources], {
      cwd: root,
      encoding: 'utf8',
    });
  const wanted = sanitizers[sanitizer];
  const isSanitized =
    wanted !== null && cc([`-fsanitize=${wanted}`, '-fno-sanitize-recover=all']).status === 0;
  const plain = isSanitized ? null : cc([]);
  if (plain !== null && plain.status !== 0) throw new Error(plain.stderr, { cause: plain.error });
  return program;
}
