/** Without execa, which takes longer to load than most programs that are run take. */
import { execFile } from 'node:child_process';
import { isErrno } from '../errors.ts';
import type { Run } from './ports.ts';

/**
 * The messages of programs are read by people who were promised English. No program needs our own
 * folder, which its user may not be able to enter.
 */
export const surroundings = { cwd: '/', env: { LC_ALL: 'C' } };

export const run: Run['run'] = async (command, args, { timeoutMs = 30_000, input = '' } = {}) => {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Run['run']>>>();
  const child = execFile(
    command,
    args,
    {
      cwd: surroundings.cwd,
      env: { ...process.env, ...surroundings.env },
      timeout: timeoutMs,
      maxBuffer: mostBytes,
    },
    (error, stdout, stderr) => {
      clearTimeout(last);
      // A string where it could not be started, or says too much; a number where it failed.
      if (typeof error?.code === 'string') return reject(error);
      const timedOut = child.killed;
      resolve({ stdout, stderr, exitCode: timedOut ? null : child.exitCode, timedOut });
    },
  );
  // What is late may have stopped listening to SIGTERM too.
  const last = setTimeout(() => child.kill('SIGKILL'), timeoutMs + graceMs);
  // A program need not read what it is given.
  child.stdin?.on('error', (error) => {
    if (!isErrno(error, 'EPIPE', 'ECONNRESET')) reject(error);
  });
  child.stdin?.end(input);
  return promise;
};

const mostBytes = 100_000_000;
const graceMs = 5000;
