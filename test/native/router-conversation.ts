import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/**
 * Lines to a harness that answers each with lines of its own and a dot, from its initial state on;
 * resolves with what each was answered. One process serves all calls, which come one after the other;
 * where it ends by itself, as sanitizers make it do, the call fails with its last words and the next
 * starts another.
 */
export function converse(program: string): {
  ask: (lines: readonly string[]) => Promise<string[][]>;
  end: () => void;
} {
  let running: ReturnType<typeof start> | undefined;
  const ask = async (lines: readonly string[]) => {
    running ??= start(program);
    const { child, answers, lastWords } = running;
    child.stdin.write(['reset', ...lines, ''].join('\n'));
    const groups: string[][] = [[]];
    while (groups.length < lines.length + 2) {
      const next = await answers.next();
      if (next.done === true) {
        running = undefined;
        throw new Error(`after ${lines[groups.length - 2]}: ${await lastWords}`);
      }
      if (next.value === '.') {
        groups.push([]);
      } else {
        groups.at(-1)?.push(next.value);
      }
    }
    return groups.slice(1, -1);
  };
  return { ask, end: () => running?.child.stdin.end() };
}

function start(program: string) {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] });
  // A harness that has died is told of by its answers' end.
  child.stdin.on('error', () => undefined);
  const answers = linesOf(child.stdout);
  return { child, answers, lastWords: text(child.stderr) };
}

/** What readline ends a line at is more than a line's end: U+2028 may stand in a name. */
async function* linesOf(stream: Readable): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
