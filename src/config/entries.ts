import type { z } from 'zod';
import type { Finding } from './finding.ts';
import { dottedPath, type Path } from './locate.ts';

/** A value and its place in the document. */
export interface Entry<T> {
  path: Path;
  value: T;
}

/** The tables of an array, whatever is in them; none for anything else. */
export function entries(document: Record<string, unknown>, key: string): Entry<unknown>[] {
  const tables = document[key];
  return Array.isArray(tables) ? elements<unknown>([key], tables) : [];
}

/** Those of them that the schema accepts, with their places among all. */
export function soundEntries<T>(
  document: Record<string, unknown>,
  key: string,
  schema: z.ZodType<T>,
): Entry<T>[] {
  return entries(document, key).flatMap(({ path, value }) => {
    const { success, data } = schema.safeParse(value);
    return success ? [{ path, value: data }] : [];
  });
}

/** The elements of the list at that path. */
export function elements<T>(path: Path, values: readonly T[]): Entry<T>[] {
  return values.map((value, index) => ({ path: [...path, index], value }));
}

/** Values that an earlier entry has already. The schema has brought equal ones to one spelling. */
export function repeats(entries: Entry<unknown>[], expected: string): Finding[] {
  const first = new Map<string, Path>();
  return entries.flatMap(({ path, value }) => {
    const text = JSON.stringify(value);
    const earlier = first.get(text);
    if (earlier === undefined) {
      first.set(text, path);
      return [];
    }
    return [{ path, wrong: `repeats ${dottedPath(earlier)}`, expected }];
  });
}
