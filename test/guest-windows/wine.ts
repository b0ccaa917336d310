/** The real handglass-guest.exe under Wine, in a prefix of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const program = fileURLToPath(
  new URL('../../native/build/handglass-guest.exe', import.meta.url),
);

/** What of these programs this machine does not have. */
export function missingOf(...programs: string[]): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return programs.filter((name) => !folders.some((folder) => isProgram(join(folder, name))));
}

/** Behind the name of tests that cannot be run here. */
export function reasonText(missing: readonly string[]): string {
  return missing.length === 0 ? '' : ` (not run: without ${missing.join(', ')})`;
}

export interface Prefix {
  /** Where the user's own files of the program are. */
  folder: string;
  env: Record<string, string>;
  /** Starts a Windows program. */
  start(...line: string[]): ReturnType<typeof run>;
  /**
   * Runs one to its end. Once in some 1,500 starts Wine itself ends with 1 before the program begins, and
   * says nothing: then it is started again.
   */
  run(...line: string[]): Promise<Awaited<ReturnType<typeof run>>>;
  end(): Promise<void>;
}

/** @param display of an X server; none without it */
export async function createPrefix(display?: string): Promise<Prefix> {
  const home = await mkdtemp(join(tmpdir(), 'handglass-wine-'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    USER: 'alice',
    LOGNAME: 'alice',
    WINEPREFIX: join(home, 'prefix'),
    WINEDEBUG: '-all',
    // Neither is needed, and each would ask to be downloaded.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    TZ: 'UTC',
    ...(display === undefined ? {} : { DISPLAY: display }),
  };
  const start = (...line: string[]) => run(['wine', ...line], env);
  await run(['wineboot', '--init'], env);
  // What stays lets each program after it start in a tenth of the time.
  const resident = execa('wine', ['cmd'], { env, extendEnv: false, reject: false, stdin: 'pipe' });
  // The first program that has a desktop starts its explorer, which keeps its output open.
  await execa('wine', [program, '--version'], {
    env,
    extendEnv: false,
    reject: false,
    stdio: 'ignore',
  });
  return {
    folder: join(home, 'prefix/drive_c/users/alice/AppData/Roaming/Handglass'),
    env,
    start,
    async run(...line) {
      const result = await start(...line);
      const { exitCode, stdout, stderr } = result;
      return exitCode === 1 && stdout === '' && stderr === '' ? start(...line) : result;
    },
    async end() {
      // The programs outlive the wine that started them.
      spawnSync('wineserver', ['--kill'], { env });
      resident.kill('SIGKILL');
      await run(['wineserver', '--wait'], env);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run([command = '', ...words]: readonly string[], env: Record<string, string>) {
  return execa(command, words, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
}
