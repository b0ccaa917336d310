import { z } from 'zod';
import { choiceOf } from './finding.ts';
import { inDoubleBrackets, type TableList } from './table-lists.ts';

/**
 * Parts of the schema. Whatever is wrong with a value, zod's message is the sentence's end that
 * says what was expected there; what was found instead is told from the document.
 */

/** A table with these keys and no others. */
export function table<Shape extends z.ZodRawShape>(written: string, shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? choiceOf(Object.keys(shape)) : written),
  });
}

/** Tables under headers `[[name]]`; none when there is no such header. */
export function tables<Table extends z.ZodType>(name: TableList, table: Table) {
  const written = `[[${name}]] tables`;
  return z
    .array(table, {
      error: ({ input }) => (typeof input === 'object' ? inDoubleBrackets(name) : written),
    })
    .default([]);
}

/** A text of this form. */
export function textOf(pattern: RegExp, expected: string) {
  return z.string(expected).regex(pattern, expected);
}

/** A whole number in this range, both ends included. */
export function wholeNumber(unit: string, least: number, most: number) {
  const expected = `a whole number of ${unit}, ${least} to ${most}`;
  return z
    .number(expected)
    .refine((value) => Number.isInteger(value) && value >= least && value <= most, {
      message: expected,
      params: { wrong: 'cannot be this number' },
    });
}

/** A text that `parse` understands, which is not so when it returns null. */
export function parsed<T>(parse: (text: string) => T | null, expected: string) {
  return z.string(expected).transform((text, context) => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}
