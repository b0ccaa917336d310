import { reasonOf } from '../errors.ts';
import { printable } from '../printable.ts';

/** Why facts could not be read, by the name of each. Such a fact is null, and not known to be absent. */
export type Unread = Record<string, string>;

/** What a reading brings; null where it fails, whose reason is then kept under the fact's name. */
export async function unlessUnread<T>(
  unread: Unread,
  name: string,
  reading: () => T | Promise<T>,
): Promise<T | null> {
  try {
    return await reading();
  } catch (error) {
    unread[name] = printable(reasonOf(error));
    return null;
  }
}

/** What a pattern finds in a text first; fails with what stands there where it finds nothing. */
export function expected(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`unexpected content "${text.slice(0, 40)}"`);
  return found;
}
