/** Steps on stderr: one line that is overwritten on a terminal, a line for each step elsewhere. */
import type { WriteStream } from 'node:tty';

export interface Progress {
  tell: (step: string) => void;
  /** Clears the line: what is printed next belongs to somebody else. */
  end: () => void;
}

export function progressOn(stream: WriteStream): Progress {
  if (!stream.isTTY) return { tell: (step) => stream.write(`${step}\n`), end: () => {} };
  return {
    tell: (step) => stream.write(`\r\x1b[K${step.slice(0, stream.columns - 1)}`),
    end: () => stream.write('\r\x1b[K'),
  };
}
