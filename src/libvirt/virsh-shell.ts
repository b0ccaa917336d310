import { randomBytes } from 'node:crypto';
import type { Clock, Converse } from '../host/ports.ts';

/** One virsh that reads commands, for as long as it is open. */
export interface VirshShell {
  /** Runs a line of `lineOf`; the next one may be asked when this has settled. */
  ask(line: string): Promise<VirshAnswer>;
  /** Whether it can be asked. */
  isOpen(): boolean;
  end(): void;
}

export interface VirshAnswer {
  /** What the command itself printed; all that virsh said where it did not come to its end. */
  stdout: string;
  stderr: string;
  /** `ended`: virsh did, before or in the middle of it. `late`: the time limit passed. */
  outcome: 'answered' | 'ended' | 'late';
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
 * does not keep virsh from the rest of a line; only standard error tells of it.
 *
 * What virsh says of a lost connection comes there too, at any time, in lines that look like a
 * failure's. So a virsh is ended once it has said anything there, before that can be taken for an
 * answer to another command.
 */
export function startVirshShell(host: Converse & Clock, uri: string, limitMs: number): VirshShell {
  const halves = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const printed = halves.join('');
  const typed = (end: string) => `'${halves.join("''")}${end}'`;
  const lastLine = `error: ${printed}.\n`;

  let heard = { stdout: '', stderr: '' };
  let asked: PromiseWithResolvers<VirshAnswer['outcome']> | null = null;
  let open = true;

  const virsh = host.converse('virsh', ['--quiet', '--connect', uri], (stream, text) => {
    heard[stream] += text;
    if (asked === null) {
      if (stream === 'stderr') end();
    } else if (heard.stdout.includes(`${printed}.`) && heard.stderr.includes(lastLine)) {
      asked.resolve('answered');
    }
  });
  void noticeEnd();

  async function noticeEnd(): Promise<void> {
    try {
      await virsh.ended;
      asked?.resolve('ended');
    } catch (error) {
      asked?.reject(error);
    } finally {
      open = false;
    }
  }

  function end(): void {
    open = false;
    virsh.end();
  }

  async function ask(line: string): Promise<VirshAnswer> {
    const asking = Promise.withResolvers<VirshAnswer['outcome']>();
    const over = new AbortController();
    asked = asking;
    heard = { stdout: '', stderr: '' };
    virsh.say(
      `echo ${typed('<')}; ${line}; echo ${typed('>')}\necho ${typed('.')}\necho --err ${typed('.')}\n`,
    );
    host.sleep(limitMs, over.signal).then(
      () => asking.resolve('late'),
      () => {},
    );
    try {
      const outcome = await asking.promise;
      const { stdout, stderr } = heard;
      if (outcome !== 'answered') return { stdout, stderr, outcome };
      const [, output = ''] = stdout.split(`${printed}<`);
      const [own = ''] = output.split(`${printed}>`);
      return { stdout: own, stderr: stderr.slice(0, stderr.indexOf(lastLine)), outcome };
    } finally {
      over.abort();
      asked = null;
      if (heard.stderr !== lastLine) end();
    }
  }

  return { ask, isOpen: () => open, end };
}
