/** A machine that is not there, from what an archive has of it. */
import { DomainRefusal } from '../domain/refusal.ts';
import type { OpenFile, OpenFiles, ReadFiles, Run } from '../host/ports.ts';
import type { Answers, Archive, Failure } from './archive.ts';
import type { Facts } from './facts.ts';
import { logPatterns } from './log-lines.ts';
import { readFacts } from './read-facts.ts';
import { programKey, virshKey } from './recording.ts';
import { bytesOf } from './rom-parts.ts';

/** What the doctor knows of the machine of an archive; nothing of this machine is looked at. */
export async function factsFrom(archive: Archive): Promise<Facts> {
  const facts = await readFacts(replay(archive), {
    configPath: archive.configPath,
    virsh: (uri) => replayVirsh(archive, uri),
  });
  const asked = new Set(archive.logPatterns);
  const unasked = logPatterns.filter((pattern) => !asked.has(pattern));
  const reasons = unasked.map((pattern) => [pattern, missing('such a line').message]);
  const unread = { ...facts.log.unread, ...Object.fromEntries(reasons) };
  return { ...facts, log: { ...facts.log, unread } };
}

/** The files and programs of that machine. What nobody asked there cannot be told. */
export function replay({ recorded }: Archive): ReadFiles & OpenFiles & Run {
  return {
    readText: async (path) => answerIn(recorded.texts, path, path),
    listFolder: async (path) => answerIn(recorded.folders, path, path),
    readLink: async (path) => answerIn(recorded.links, path, path),
    realPath: async (path) => answerIn(recorded.realPaths, path, path),
    factsOf: async (path) => answerIn(recorded.facts, path, path),
    openFile: async (path) => openedFile(answerIn(recorded.contents, path, path)),
    removeFile: never,
    run: async (command, args) =>
      answerIn(recorded.programs, programKey(command, args), [command, ...args].join(' ')),
  };
}

async function replayVirsh({ recorded }: Archive, uri: string) {
  answerIn(recorded.libvirts, uri, uri);
  const one = async (...words: string[]) =>
    answerIn(recorded.virsh, virshKey(uri, words), `virsh ${words.join(' ')}`);
  const inTurn = async (commands: readonly (readonly string[])[]) => {
    const found: (string | DomainRefusal)[] = [];
    for (const words of commands) {
      try {
        found.push(await one(...words));
      } catch (error) {
        if (!(error instanceof DomainRefusal)) throw error;
        found.push(error);
      }
    }
    return found;
  };
  return Object.assign(one, { inTurn });
}

function answerIn<T>(answers: Answers<T>, key: string, what: string): T {
  const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
  if (answer === undefined) throw missing(what);
  if ('failed' in answer) throw errorFrom(answer.failed, what);
  return answer.is;
}

function missing(what: string): Error {
  return new Error(`the archive was made by a Handglass that did not look for ${what}`);
}

function errorFrom({ code, message, isRefusal }: Failure, path: string): Error {
  if (isRefusal === true) return new DomainRefusal(message);
  return code === null ? new Error(message) : Object.assign(new Error(code), { code, path });
}

function openedFile({ facts, size, parts }: Content): OpenFile {
  const bytes = bytesOf(size, parts);
  return {
    facts: async () => facts,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    setOwner: never,
    setMode: never,
    setSize: never,
    reserve: never,
    close: async () => {},
  };
}

type Content = Extract<Archive['recorded']['contents'][string], { is: unknown }>['is'];

async function never(): Promise<never> {
  throw new Error('an archive is only read');
}
