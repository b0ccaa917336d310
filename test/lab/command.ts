/** A command inside the virtual host, joined to this program's own standard streams. */
import { readFile } from 'node:fs/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Program } from './arguments.ts';
import { reasonOf } from '../../src/errors.ts';
import { WrongUsage } from './failure.ts';
import type { Start } from './frames.ts';
import type { Progress } from './progress.ts';
import type { Session, Sessions } from './sessions.ts';

export interface Streams {
  stdin: ReadStream;
  stdout: WriteStream;
  stderr: WriteStream;
}

export interface Command {
  /** Runs it; resolves with its exit status, or `rebooted` where a reset took it away. */
  run(sessions: Sessions): Promise<number | 'rebooted'>;
  /** Runs it, and starts it again from its beginning in each boot that follows a reset. */
  runInEveryBoot(sessions: Sessions, progress: Progress): Promise<number>;
}

/** Rejects with WrongUsage when the program is a file that is no script. */
export async function commandOf(program: Program, streams: Streams): Promise<Command> {
  const start = await startOf(program, streams);
  const { stdin, stdout, stderr } = streams;
  const input = start.terminal === undefined ? replayed(stdin) : live(stdin);

  async function run(sessions: Sessions, env: Record<string, string> = {}) {
    const session = sessions.start(
      { ...start, env: { ...start.env, ...env } },
      { stdout: (chunk) => stdout.write(chunk), stderr: (chunk) => stderr.write(chunk) },
    );
    const detach = input(session);
    try {
      return await session.ended;
    } finally {
      detach();
    }
  }

  return {
    run,
    async runInEveryBoot(sessions, progress) {
      for (let boot = 1; ; boot += 1) {
        const status = await run(sessions, { LAB_BOOT: String(boot) });
        if (status !== 'rebooted') return status;
        progress.tell('booting again');
        await sessions.ready();
        progress.end();
      }
    },
  };
}

async function startOf(program: Program, { stdin, stdout }: Streams): Promise<Start> {
  if (program === 'shell') {
    if (!stdin.isTTY) return { command: ['sh'], env: {} };
    return {
      command: ['bash', '--login'],
      env: { TERM: process.env['TERM'] ?? 'linux' },
      terminal: { rows: stdout.rows || 24, columns: stdout.columns || 80 },
    };
  }
  if ('command' in program) return { command: program.command, env: {} };
  const script = await readFile(program.file, 'utf8').catch((error: unknown) => {
    throw new WrongUsage(`--exec cannot read ${program.file}: ${reasonOf(error)}.`);
  });
  if (!script.startsWith('#!')) {
    throw new WrongUsage(`--exec runs a script, and ${program.file} does not start with #!.`);
  }
  return { command: [program.file], script, env: {} };
}

/** Joins the input to a session; what it returns takes it off again. */
type Input = (session: Session) => () => void;

/** Every key goes to the terminal inside, Ctrl-C too; while nothing runs there, it is ours again. */
function live(stdin: ReadStream): Input {
  return (session) => {
    const write = (chunk: Buffer) => session.write(chunk);
    stdin.setRawMode(true);
    stdin.on('data', write);
    return () => {
      stdin.off('data', write);
      stdin.setRawMode(false);
    };
  };
}

/** Each session gets all of the input from its beginning. */
function replayed(stdin: ReadStream): Input {
  const chunks: Buffer[] = [];
  let current: Session | undefined;
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
    current?.endInput();
  };
  stdin.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    current?.write(chunk);
  });
  stdin.on('end', end);
  stdin.on('error', end);
  return (session) => {
    current = session;
    for (const chunk of chunks) session.write(chunk);
    if (hasEnded) session.endInput();
    return () => {
      current = undefined;
    };
  };
}
