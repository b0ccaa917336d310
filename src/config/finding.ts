import type { Path } from './locate.ts';

/** Something wrong in a configuration, by its place in the document. */
export interface Finding {
  path: Path;
  /** What is wrong, to follow the dotted path in a sentence: `is missing`. */
  wrong: string;
  expected: string;
  /** Whether the key itself is wrong, rather than its value. */
  inKey?: boolean;
}

/** Texts to choose from, for a sentence: `b7, idd or any`. */
export function choiceOf(texts: readonly string[]): string {
  // Intl.ListFormat would leave 6 MB of tables in the service's memory.
  const [last = '', ...others] = texts.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} or ${last}`;
}
