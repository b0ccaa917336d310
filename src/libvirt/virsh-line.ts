import { DomainRefusal } from '../domain/refusal.ts';

/**
 * A command as virsh's own shell reads it: each word in single quotes, inside which only the quote
 * itself has a meaning, so that no word can end the command or begin another.
 *
 * @throws DomainRefusal for a control character. The line goes through readline, to which a newline
 *   ends it, a tab completes it and others edit it, quoted or not.
 */
export function lineOf(args: readonly string[]): string {
  return args.map(quoted).join(' ');
}

function quoted(word: string): string {
  if (/\p{Cc}/u.test(word)) {
    throw new DomainRefusal(
      `${JSON.stringify(word)} has a control character, which virsh cannot be told`,
    );
  }
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
