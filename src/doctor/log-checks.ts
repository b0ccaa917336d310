import { type Check, ok, problem, unknown, warning } from './check.ts';
import type { Facts } from './facts.ts';
import { knownLines } from './log-lines.ts';

/** One for each kind of line that is known to tell of trouble. */
export const logChecks: Check[] = knownLines.map((known) => ({
  id: `log.${known.id}`,
  title: known.title,
  look: (facts) => lookFor(known, facts),
}));

function lookFor(line: (typeof knownLines)[number], facts: Facts) {
  const { pattern, isOfPrograms, verdict, meaning, isPast, todo } = line;
  const { lines, isWhole, source, unread } = facts.log;
  if (lines === null) return unknown(unread['lines'] ?? 'no log could be read');
  const unasked = unread[pattern];
  if (unasked !== undefined) return unknown(unasked);
  const matches = new RegExp(pattern);
  const found = lines.filter(({ text }) => matches.test(text));
  const last = found.at(-1);
  if (last === undefined) {
    if (isOfPrograms && source === 'dmesg') {
      return unknown(unread['journal'] ?? 'only the journal has what programs say');
    }
    if (!isWhole) return unknown('the log does not go back to the start of this kernel');
    return ok('No such line since the start.');
  }
  const count = found.length === 1 ? 'The line' : `The last of ${found.length} lines`;
  const said = `"${excerpt(last.text, matches)}"`;
  if (isPast?.(facts, last) === true) {
    return warning(`${meaning} ${count}, after which it went well: ${said}`, {
      advice: 'Nothing is to be done unless it comes again.',
    });
  }
  const finding = verdict === 'problem' ? problem : warning;
  return finding(`${meaning} ${count}: ${said}`, todo(facts, last.text));
}

const mostCharacters = 160;

/** Of a long line the beginning, or what comes last before the end of what is known of it. */
function excerpt(text: string, known: RegExp): string {
  const characters = Array.from(text);
  if (characters.length <= mostCharacters) return text;
  const match = known.exec(text);
  const before = text.slice(0, (match?.index ?? 0) + (match?.[0].length ?? 0));
  const end = Array.from(before).length;
  if (end < mostCharacters) return `${characters.slice(0, mostCharacters - 1).join('')}…`;
  const rest = end < characters.length ? '…' : '';
  return `…${characters.slice(end - mostCharacters + 2, end).join('')}${rest}`;
}
