/** A program inside the virtual host that is talked with, a line at a time. */
import { once } from 'node:events';
import { LabFailure } from '../../failure.ts';
import type { Lab } from '../../lab.ts';

export interface Conversation {
  /** Writes a line to its standard input. */
  say(line: string): void;
  /** The next line that it prints; rejects with a LabFailure when it ends without, or takes too long. */
  next(): Promise<string>;
  /** Closes its standard input and resolves with its exit status. */
  end(): Promise<number>;
}

const patienceMs = 180_000;

export function converse(lab: Lab, command: readonly string[]): Conversation {
  const name = command.join(' ');
  const lines: string[] = [];
  let [partial, errors] = ['', ''];
  let changed = Promise.withResolvers<void>();
  const tell = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  let isEnded = false;
  const session = lab.sessions.start(
    { command: [...command], env: {} },
    {
      stdout(chunk) {
        const parts = (partial + chunk.toString()).split('\n');
        partial = parts.pop() ?? '';
        lines.push(...parts);
        tell();
      },
      stderr: (chunk) => (errors += chunk.toString()),
    },
  );
  const ended = session.ended.then((status) => {
    isEnded = true;
    tell();
    return status;
  });

  return {
    say: (line) => session.write(Buffer.from(`${line}\n`)),
    async next() {
      const limit = AbortSignal.timeout(patienceMs);
      while (lines.length === 0) {
        if (isEnded) throw new LabFailure(`${name} ended without a line: ${errors}`);
        if (limit.aborted) throw new LabFailure(`${name} printed no line in time: ${errors}`);
        await Promise.race([changed.promise, once(limit, 'abort')]);
      }
      return lines.shift() ?? '';
    },
    async end() {
      session.endInput();
      const status = await Promise.race([ended, lab.lost]);
      if (status === 'rebooted') throw new LabFailure(`A reset ended ${name}.`);
      return status;
    },
  };
}
