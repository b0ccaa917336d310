import { z } from 'zod';
import { choiceOf } from './finding.ts';

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

/** A text of this form. */
export function textOf(pattern: RegExp, expected: string) {
  return z.string(expected).regex(pattern, expected);
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
