import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sanitize = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** Compiles C sources, named from the repository's root, into a program; with sanitizers where there are any. */
export function compile(folder: string, name: string, sources: readonly string[]): string {
  const program = join(folder, name);
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const flags = ['-std=c11', '-g', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE'];
  const cc = (extra: readonly string[]) =>
    spawnSync(process.env['CC'] ?? 'cc', [...flags, ...extra, '-o', program, ...sources], {
      cwd: root,
      encoding: 'utf8',
    });
  if (cc(sanitize).status !== 0) {
    const plain = cc([]);
    if (plain.status !== 0) {
      throw new Error(plain.stderr, { cause: plain.error });
    }
  }
  return program;
}
