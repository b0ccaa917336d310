import { execa } from 'execa';
import { reasonOf } from '../errors.ts';
import type { Follow, Run } from './ports.ts';

/** The messages of programs are read by people who were promised English. */
const env = { LC_ALL: 'C' };

export const processes: Run & Follow = {
  async run(command, args, options = {}) {
    const result = await execa(command, args, {
      env,
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
      exitCode: result.exitCode ?? null,
      timedOut: result.timedOut,
    };
  },

  async *follow(command, args, signal) {
    const child = execa(command, args, {
      env,
      buffer: { stdout: false },
      cancelSignal: signal,
      stdin: 'ignore',
    });
    // Awaited at the end of the lines; until then a failure waits here.
    const ended = child.then(
      () => null,
      (error: unknown) => error,
    );
    try {
      yield* child;
      const error = await ended;
      if (!signal.aborted) throw new Error(error === null ? `${command} ended` : reasonOf(error));
    } finally {
      child.kill();
    }
  },
};
