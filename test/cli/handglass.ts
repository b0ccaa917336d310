import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { vi } from 'vitest';

// A process is started for each command; how long that takes is no matter of these tests.
vi.setConfig({ testTimeout: 120_000 });

export interface Ran {
  stdout: string;
  stderr: string;
  status: number | undefined;
}

type Env = Record<string, string>;

export interface StartOptions {
  env?: Env;
  /** A program and its arguments that start the program in turn. */
  through?: readonly string[];
}

/** The real program, started as a shell starts it, with nothing of the test's own environment. */
export function start(args: readonly string[], { env = {}, through = [] }: StartOptions = {}) {
  return run([...through, ...program, ...args], env);
}

/** Runs the program to its end. */
export async function handglass(args: readonly string[], options?: StartOptions): Promise<Ran> {
  const { stdout, stderr, exitCode } = await start(args, options);
  return { stdout, stderr, status: exitCode };
}

/** What the program shows on a terminal that knows colours. */
export async function onTerminal(args: readonly string[], env: Env, columns = 0): Promise<string> {
  const words = [...program, ...args].map((word) => `'${word}'`).join(' ');
  const line = `stty cols ${columns}; exec ${words}`;
  const terminal = ['script', '--quiet', '--command', line, '/dev/null'];
  const { stdout } = await run(terminal, { TERM: 'xterm-256color', ...env });
  return stdout.replaceAll('\r\n', '\n');
}

/** Looks for the service in a runtime folder. */
export const at = (runtimeFolder: string) => ({ env: { RUNTIME_DIRECTORY: runtimeFolder } });

/**
 * Takes a capability from root, who then obeys the rule that others obey anyway. Other users have
 * none to take.
 */
export function without(capability: 'chown' | 'dac_override'): readonly string[] {
  return process.getuid?.() === 0 ? ['setpriv', `--bounding-set=-${capability}`] : [];
}

/** A command and all that it shows. */
export function screen(args: readonly string[], { stdout, stderr, status }: Ran): string {
  return `$ ${['handglass', ...args].join(' ')}\n${stdout}${stderr}[${status}]\n`;
}

const program = [
  process.execPath,
  fileURLToPath(new URL('../../src/build/handglass.js', import.meta.url)),
] as const;

function run([command = '', ...words]: readonly string[], env: Env) {
  return execa(command, words, {
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
}
