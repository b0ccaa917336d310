/** The abilities of a machine, which remember what they were asked and what came of it. */
import { constants } from 'node:os';
import { DomainRefusal } from '../domain/refusal.ts';
import { isErrno, reasonOf } from '../errors.ts';
import type { OpenFile, OpenFiles, ReadFiles, Run, RunResult } from '../host/ports.ts';
import type { Virsh } from '../libvirt/virsh.ts';
import { firstLine, lineFrom } from '../system/kernel-log.ts';
import { parseRom } from '../vbios/parse.ts';
import type { Answers, Failure, Recorded } from './archive.ts';
import { logPatterns } from './log-lines.ts';
import type { FactsOptions } from './read-facts.ts';
import { romParts } from './rom-parts.ts';

export interface Recording {
  machine: ReadFiles & OpenFiles & Run;
  virsh: FactsOptions['virsh'];
  /** What was asked so far. */
  recorded(): Recorded;
}

export function recording(
  machine: ReadFiles & OpenFiles & Run,
  connect: FactsOptions['virsh'],
): Recording {
  const texts = kept<string>();
  const folders = kept<string[]>();
  const links = kept<string>();
  const realPaths = kept<string>();
  const facts = kept<Awaited<ReturnType<ReadFiles['factsOf']>>>();
  const contents = kept<KeptContent>();
  const programs = kept<RunResult>();
  const libvirts = kept<null>();
  const printed = kept<string>();
  return {
    machine: {
      readText: (path) => texts.noting(path, () => machine.readText(path), keptText),
      listFolder: (path) => folders.noting(path, () => machine.listFolder(path)),
      readLink: (path) => links.noting(path, () => machine.readLink(path)),
      realPath: (path) => realPaths.noting(path, () => machine.realPath(path)),
      factsOf: (path) => facts.noting(path, () => machine.factsOf(path)),
      async openFile(path, how) {
        const file = await contents.opening(path, () => machine.openFile(path, how));
        await contents.noting(path, () => contentOf(file)).catch(() => {});
        return file;
      },
      removeFile: (path) => machine.removeFile(path),
      run: (command, args, options) =>
        programs.noting(
          programKey(command, args),
          () => machine.run(command, args, options),
          (result) => (isLogReader(command) ? keptLog(command, result) : result),
        ),
    },
    async virsh(uri) {
      const virsh = await libvirts.opening(uri, () => connect(uri));
      libvirts.note(uri, { is: null });
      return notingVirsh(virsh, uri, printed);
    },
    recorded: () => ({
      texts: texts.answers(),
      folders: folders.answers(),
      links: links.answers(),
      realPaths: realPaths.answers(),
      facts: facts.answers(),
      contents: contents.answers(),
      programs: programs.answers(),
      libvirts: libvirts.answers(),
      virsh: printed.answers(),
    }),
  };
}

/** Who reads the log is asked other words by each version, and its answer is searched once more. */
export function programKey(command: string, args: readonly string[]): string {
  return JSON.stringify(isLogReader(command) ? [command] : [command, ...args]);
}

export function virshKey(uri: string, words: readonly string[]): string {
  return JSON.stringify([uri, ...words]);
}

function isLogReader(command: string): boolean {
  return command === 'journalctl' || command === 'dmesg';
}

interface Kept<T> {
  /** Makes a call, and keeps what comes of it; `fit` gives what is kept in its place. */
  noting(key: string, call: () => Promise<T>, fit?: (is: T) => T): Promise<T>;
  /** Makes a call of whose result nothing is kept, but why it failed. */
  opening<Opened>(key: string, call: () => Promise<Opened>): Promise<Opened>;
  note(key: string, answer: { is: T } | { failed: Failure }): void;
  answers(): Answers<T>;
}

function kept<T>(): Kept<T> {
  const all = new Map<string, { is: T } | { failed: Failure }>();
  async function opening<Opened>(key: string, call: () => Promise<Opened>): Promise<Opened> {
    try {
      return await call();
    } catch (error) {
      all.set(key, { failed: failureFrom(error) });
      throw error;
    }
  }
  return {
    opening,
    async noting(key, call, fit = (is) => is) {
      const is = await opening(key, call);
      try {
        all.set(key, { is: fit(is) });
      } catch (error) {
        all.set(key, { failed: failureFrom(error) });
      }
      return is;
    },
    note: (key, answer) => void all.set(key, answer),
    answers: () => Object.fromEntries(all),
  };
}

function failureFrom(error: unknown): Failure {
  const isSystem = isErrno(error, ...Object.keys(constants.errno));
  const code = isSystem ? String(error.code) : null;
  const isRefusal = error instanceof DomainRefusal ? { isRefusal: true } : {};
  return { code, message: isSystem ? '' : reasonOf(error), ...isRefusal };
}

/** The largest files that are known to be read have a tenth of that. */
const mostCharacters = 16 * 1024 * 1024;

function keptText(text: string): string {
  if (text.length > mostCharacters) throw new Error('it was too large for the archive');
  return text;
}

/** Only what the doctor asked for leaves the log, and of the kernel's first line not who built it. */
function keptLog(command: string, result: RunResult): RunResult {
  const wanted = new RegExp([firstLine, ...logPatterns].join('|'));
  const fit = (text: string) =>
    wanted.test(text) ? [text.replace(/^(Linux version \S+).*$/, '$1')] : [];
  const lines = result.stdout.split('\n').flatMap((line) =>
    command === 'dmesg'
      ? fit(line)
      : lineFrom(line).flatMap(({ text, time }) =>
          fit(text).map((MESSAGE) =>
            JSON.stringify({
              MESSAGE,
              ...(time === null ? {} : { __REALTIME_TIMESTAMP: `${Math.round(time * 1000)}` }),
            }),
          ),
        ),
  );
  return { ...result, stdout: lines.map((line) => `${line}\n`).join('') };
}

type KeptContent = Extract<Recorded['contents'][string], { is: unknown }>['is'];

/** Files are opened for the ROMs in them alone. */
async function contentOf(file: OpenFile): Promise<KeptContent> {
  const facts = await file.facts();
  if (facts.kind !== 'file') return { facts, size: 0, parts: [] };
  const bytes = await file.read(0, Math.min(facts.size, 2 ** 24));
  return { facts, size: bytes.length, parts: romParts(bytes, parseRom(bytes)) };
}

function notingVirsh(virsh: Virsh, uri: string, printed: Kept<string>): Virsh {
  const one = (...words: string[]) => printed.noting(virshKey(uri, words), () => virsh(...words));
  const inTurn: Virsh['inTurn'] = async (commands) => {
    const note = (index: number, answer: string | Error) =>
      printed.note(
        virshKey(uri, commands[index] ?? []),
        typeof answer === 'string' ? { is: answer } : { failed: failureFrom(answer) },
      );
    try {
      const answers = await virsh.inTurn(commands);
      for (const [index, answer] of answers.entries()) note(index, answer);
      return answers;
    } catch (error) {
      for (const index of commands.keys()) note(index, error as Error);
      throw error;
    }
  };
  return Object.assign(one, { inTurn });
}
