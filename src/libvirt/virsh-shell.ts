import { randomBytes } from 'node:crypto';
import type { Clock, Converse } from '../host/ports.ts';

/** One virsh that reads commands, for as long as it is open. */
export interface VirshShell {
  /** Runs lines of `lineOf` one after the other; more may be asked when this has settled. */
  ask(lines: readonly string[]): Promise<VirshAnswer>;
  /** Whether it can be asked. */
  isOpen(): boolean;
  end(): void;
}

export type VirshAnswer =
  /** What each command itself printed. */
  | { outcome: 'answered'; printed: readonly Printed[] }
  /** `ended`: virsh did, before the last command had. `late`: the time limit passed. */
  | { outcome: 'ended'; stderr: string }
  | { outcome: 'late' };

export interface Printed {
  stdout: string;
  stderr: string;
}

/**
 * Starts virsh, which connects on its own and ends when it cannot. A command is three lines:
 *
 *     echo 'a''b<'; 'dumpxml' '--domain' 'win10'; echo 'a''b>'
 *     echo 'a''b.'
 *     echo --err 'a''b.'
 *
 * `ab` is random. Virsh also prints each line that it reads, wrapped, among the output: there the
 * marks are in two halves. The output lies between `ab<` and `ab>`, neither of which appears where virsh
 * does not understand the line, and `ab.` has come on both streams when all of it has. A failure
 * does not keep virsh from what follows; only standard error tells of it. Commands that are asked
 * together are written at once, since a way there and back takes as long as many a command.
 *
 * What virsh says of a lost connection comes there too, at any time, in lines that look like a
 * failure's. So a virsh is ended once it has said anything there, before that can be taken for an
 * answer to what is asked next.
 *
 * @param limitMs how long a command may take; several together, several times as long
 */
export function startVirshShell(host: Converse & Clock, uri: string, limitMs: number): VirshShell {
  const halves = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const printed = halves.join('');
  const typed = (end: string) => `'${halves.join("''")}${end}'`;
  const lastLine = `error: ${printed}.\n`;

  let heard = { stdout: '', stderr: '' };
  let asked: { count: number; outcome: PromiseWithResolvers<Outcome> } | null = null;
  let open = true;

  const virsh = host.converse('virsh', ['--quiet', '--connect', uri], (stream, text) => {
    heard[stream] += text;
    if (asked === null) {
      if (stream === 'stderr') end();
    } else if (
      has(asked.count, heard.stdout, `${printed}.`) &&
      has(asked.count, heard.stderr, lastLine)
    ) {
      asked.outcome.resolve('answered');
    }
  });
  void noticeEnd();

  async function noticeEnd(): Promise<void> {
    try {
      await virsh.ended;
      asked?.outcome.resolve('ended');
    } catch (error) {
      asked?.outcome.reject(error);
    } finally {
      open = false;
    }
  }

  function end(): void {
    open = false;
    virsh.end();
  }

  async function ask(lines: readonly string[]): Promise<VirshAnswer> {
    const count = lines.length;
    const outcome = Promise.withResolvers<Outcome>();
    const over = new AbortController();
    asked = { count, outcome };
    heard = { stdout: '', stderr: '' };
    virsh.say(lines.map(framed).join(''));
    host.sleep(limitMs * count, over.signal).then(
      () => outcome.resolve('late'),
      () => {},
    );
    try {
      const how = await outcome.promise;
      const { stdout, stderr } = heard;
      if (how === 'late') return { outcome: how };
      if (how === 'ended') return { outcome: how, stderr };
      const ends = stderr.split(lastLine);
      const own = stdout.split(`${printed}.`).slice(0, count).map(between);
      return {
        outcome: how,
        printed: own.map((text, at) => ({ stdout: text, stderr: ends[at] ?? '' })),
      };
    } finally {
      over.abort();
      asked = null;
      if (heard.stderr !== lastLine.repeat(count)) end();
    }
  }

  function framed(line: string): string {
    return `echo ${typed('<')}; ${line}; echo ${typed('>')}\necho ${typed('.')}\necho --err ${typed('.')}\n`;
  }

  function between(stdout: string): string {
    const [, output = ''] = stdout.split(`${printed}<`);
    return output.split(`${printed}>`, 1).join('');
  }

  return { ask, isOpen: () => open, end };
}

type Outcome = VirshAnswer['outcome'];

/** Whether the mark has come so many times. */
function has(count: number, text: string, mark: string): boolean {
  return text.split(mark, count + 1).length > count;
}
