/** What the doctor looks at, as data: a check has a stable name, and finds things in the facts. */
import { type ErrorCode, HandglassError } from '../errors.ts';
import type { Unread } from '../system/unread.ts';
import type { Facts } from './facts.ts';

/** @typeParam Needed the facts that it looks at */
export interface Check<Needed = Facts> {
  /** Stable and dotted: `iommu.on`. */
  id: string;
  /** What is looked at, as a noun. */
  title: string;
  /** Once, once for each thing that it is about, or not at all where there is none. */
  look: (facts: Needed) => Finding | Finding[];
}

export interface Finding {
  /** `unknown`: it could not be looked at, which the explanation says why. */
  verdict: 'ok' | 'warning' | 'problem' | 'unknown';
  /** What it is about, of several: a domain, a device, a file; empty of what there is once. */
  about: string;
  /** Two sentences at most. */
  explanation: string;
  /** A command that mends it, as a shell takes it; null where there is none. */
  remedy: string | null;
  /** What no command does, or why there is no remedy; empty where nothing is left to say. */
  advice: string;
}

/** What is to be done: a command, or what a person has to do. */
export type Todo = { remedy: string; advice?: string } | { advice: string };

export function ok(explanation: string): Finding {
  return { verdict: 'ok', about: '', explanation, remedy: null, advice: '' };
}

export function warning(explanation: string, todo: Todo): Finding {
  return { ...ok(explanation), verdict: 'warning', ...whole(todo) };
}

export function problem(explanation: string, todo: Todo): Finding {
  return { ...ok(explanation), verdict: 'problem', ...whole(todo) };
}

/** @param reason of it, as it goes on after "could not look: " */
export function unknown(reason: string): Finding {
  const isForbidden = /permission|permitted|privilege|insufficient|root/i.test(reason);
  return {
    ...ok(`It could not be looked at: ${reason}.`),
    verdict: 'unknown',
    remedy: isForbidden ? 'sudo handglass doctor' : null,
  };
}

export function about(what: string, finding: Finding): Finding {
  return { ...finding, about: what };
}

/** What comes of a fact; "could not look" with the reason where that is not known. */
export function known<F extends { unread: Unread }, K extends keyof F & string, R>(
  facts: F,
  name: K,
  look: (value: NonNullable<F[K]>) => R,
): R | Finding {
  const value = facts[name];
  if (value === null || value === undefined) return unknown(facts.unread[name] ?? 'nobody tells');
  return look(value);
}

/** The same, with a sentence more behind its advice. */
export function andAdvice(todo: Todo, sentence: string): Todo {
  return { ...todo, advice: `${todo.advice ?? ''} ${sentence}`.trim() };
}

/** A problem as the service tells of it. */
export function errorFrom(
  code: ErrorCode,
  { about: thing, explanation, ...todo }: Omit<Finding, 'verdict'>,
): HandglassError {
  return new HandglassError(
    code,
    thing === '' ? explanation : `${thing}: ${explanation}`,
    sentencesOf(todo),
  );
}

/** What is to be done, where no command has a line of its own. */
export function todoText(todo: Todo): string {
  return sentencesOf(whole(todo));
}

function sentencesOf({ remedy, advice }: Pick<Finding, 'remedy' | 'advice'>): string {
  const todo = [...(remedy === null ? [] : [`Run \`${remedy}\`.`]), advice];
  return todo.filter((each) => each !== '').join(' ');
}

function whole(todo: Todo): Pick<Finding, 'remedy' | 'advice'> {
  return { remedy: 'remedy' in todo ? todo.remedy : null, advice: todo.advice ?? '' };
}
