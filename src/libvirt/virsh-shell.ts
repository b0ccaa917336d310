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
  /** Virsh did, before the last command had; what it said of that. */
  | { outcome: 'ended'; stderr: string }
  /** The time limit of one of them passed. */
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
 * @param limitMs how long each command may take
 */
export function startVirshShell(host: Converse & Clock, uri: string, limitMs: number): VirshShell {
  const halves = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const printed = halves.join('');
  const typed = (end: string) => `'${halves.join("''")}${end}'`;
  const lastLine = `error: ${printed}.\n`;

  let heard = { stdout: '', stderr: '' };
  let asked: Asked | null = null;
  let open = true;

  const virsh = host.converse('virsh', ['--quiet', '--connect', uri], (stream, text) => {
    heard[stream] += text;
    if (asked === null) {
      if (stream === 'stderr') end();
    } else {
      const ended = Math.min(countOf(`${printed}.`, heard.stdout), countOf(lastLine, heard.stderr));
      if (ended > asked.ended) asked.restart();
      asked.ended = ended;
      if (ended === asked.count) asked.outcome.resolve('answered');
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
    let over = new AbortController();
    const restart = () => {
      over.abort();
      over = new AbortController();
      host.sleep(limitMs, over.signal).then(
        () => outcome.resolve('late'),
        () => {},
      );
    };
    asked = { count, ended: 0, outcome, restart };
    heard = { stdout: '', stderr: '' };
    virsh.say(lines.map(framed).join(''));
    restart();
    try {
      const how = await outcome.promise;
      const { stdout, stderr } = heard;
      if (how === 'late') return { outcome: how };
      if (how === 'ended') return { outcome: how, stderr: stderr.split(lastLine).at(-1) ?? '' };
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

interface Asked {
  count: number;
  /** How many of them have come to their end. */
  ended: number;
  outcome: PromiseWithResolvers<Outcome>;
  /** Gives the next one its time. */
  restart(): void;
}

function countOf(mark: string, text: string): number {
  return text.split(mark).length - 1;
}
