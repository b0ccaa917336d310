/** A part of the client for Windows with a `wmain` of a test's own around it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const flags =
  '-std=c11 -Wall -Wextra -Werror -municode -DUNICODE -D_UNICODE -DWIN32_LEAN_AND_MEAN -D_WIN32_WINNT=0x0A00';

/**
 * Compiles `NAME-harness.c` with these other parts of the client and libraries of Windows.
 *
 * @returns the program, in the folder
 */
export function compileHarness(
  folder: string,
  name: string,
  parts: readonly string[],
  libraries: readonly string[],
): string {
  const program = join(folder, `${name}.exe`);
  const { status, stderr } = spawnSync(
    'x86_64-w64-mingw32-gcc',
    [
      ...flags.split(' '),
      '-o',
      program,
      `test/guest-windows/${name}-harness.c`,
      ...parts.map((part) => `native/guest-windows/${part}.c`),
      ...libraries.map((library) => `-l${library}`),
    ],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return program;
}
