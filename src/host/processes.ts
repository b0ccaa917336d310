import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Follow, Run } from './ports.ts';

/**
 * The messages of programs are read by people who were promised English. No program needs our own
 * folder, which its user may not be able to enter.
 */
const surroundings = { cwd: '/', env: { LC_ALL: 'C' } };

export const processes: Run & Follow = {
  async run(command, args, options = {}) {
    const result = await execa(command, args, {
      ...surroundings,
      reject: false,
      stripFinalNewline: false,
      timeout: options.timeoutMs ?? 30_000,
      input: options.input ?? '',
    });
    if (result.exitCode === undefined && result.signal === undefined) {
      throw result.cause ?? result;
    }
    return {
      stdout: result.stdout,
      stderr: result.stderr,
      // A program may well exit by itself when the time limit asks it to.
      exitCode: result.timedOut ? null : (result.exitCode ?? null),
      timedOut: result.timedOut,
    };
  },

  async *follow(command, args, signal) {
    const child = execa(command, args, {
      ...surroundings,
      buffer: { stdout: false },
      cancelSignal: signal,
      reject: false,
      stdin: 'ignore',
    });
    try {
      // Not the child's own lines: whoever stops reading those waits until the child has ended.
      yield* createInterface({ input: child.stdout });
      const { cause, stderr } = await child;
      if (!signal.aborted) throw cause ?? new Error(stderr || `${command} ended`);
    } finally {
      child.kill();
    }
  },
};
