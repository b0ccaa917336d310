import { createInterface } from 'node:readline';
import { execa, type Result } from 'execa';
import type { Converse, Follow, Run } from './ports.ts';
import { run, surroundings } from './run.ts';

export const processes: Run & Follow & Converse = {
  run,

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

  converse(command, args, heard) {
    const child = execa(command, args, {
      ...surroundings,
      buffer: false,
      reject: false,
      stdin: 'pipe',
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => heard(stream, text));
    }
    // That it no longer reads is told by its end.
    child.stdin.on('error', () => {});
    return {
      say: (text) => void child.stdin.write(text),
      end: () => void child.kill('SIGKILL'),
      ended: child.then(requireStarted),
    };
  },
};

function requireStarted(result: Pick<Result, 'exitCode' | 'signal' | 'cause'>): void {
  if (result.exitCode === undefined && result.signal === undefined) throw result.cause ?? result;
}
