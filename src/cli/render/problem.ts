import { wrapped } from './wrapped.ts';

/**
 * What is wrong, on one line or several, and below it what to do about it.
 *
 * @param columns of the terminal, where it is one
 */
export function problemLines(label: string, what: string, remedy = '', columns?: number): string[] {
  const texts = remedy === '' ? [what] : [what, remedy];
  const [first = '', ...more] = texts
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => wrapped(lineBelow(label, line), columns));
  return [`${label}: ${first.slice(label.length + 2)}`, ...more];
}

/** A line that begins where the text behind the label does. */
export function lineBelow(label: string, line: string): string {
  return ' '.repeat(label.length + 2) + line;
}
