import type { z } from 'zod';
import type { Finding } from './finding.ts';
import type { Path } from './locate.ts';

type Issue = z.core.$ZodIssue;

/** What the schema says about a document, in our words: zod's messages are what was expected. */
export function shapeFindings(issues: readonly Issue[], document: unknown): Finding[] {
  return issues.flatMap(withinUnion).flatMap((issue): Finding[] => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const expected = issue.message;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        wrong: 'is unknown',
        expected,
        inKey: true,
      }));
    }
    return [{ path, wrong: wrongBy(issue, valueAt(document, path)), expected }];
  });
}

/** What is wrong in that form of a union that the value has; the issue itself when it has none. */
function withinUnion(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const form = issue.errors.find((errors) =>
    errors.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  return (
    form?.map((error): Issue => ({ ...error, path: [...issue.path, ...error.path] })) ?? [issue]
  );
}

function wrongBy(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing';
  const told: unknown = issue.code === 'custom' ? issue.params?.['wrong'] : undefined;
  return typeof told === 'string' ? told : `cannot be ${described(value)}`;
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (isTable(value) ? Reflect.get(value, part) : undefined),
    document,
  );
}

/** A value in a few words: a table by its keys, a list not at all. */
function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value instanceof Date) return 'a date';
  // Its digits need not be those in the file: 0o660 has been read as 432.
  if (typeof value === 'number') return 'a number';
  if (!isTable(value)) return String(value);
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty table' : `{ ${keys.join(', ')} }`;
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
