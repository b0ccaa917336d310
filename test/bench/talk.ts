import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that is told and tells lines; it ends with this process. */
export interface Talk {
  say(line: string): void;
  next(): Promise<string>;
}

export function talkWith(command: string, args: readonly string[]): Talk {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    say: (line) => void child.stdin.write(`${line}\n`),
    async next() {
      const { done, value } = await lines.next();
      if (done === true) throw new Error(`${command} has ended.`);
      return value;
    },
  };
}
