import { execa } from 'execa';
import type { Run } from './ports.ts';

export const processes: Run = {
  async run(command, args, options = {}) {
    const result = await execa(command, args, {
      env: { LC_ALL: 'C' },
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
};
