import { z } from 'zod';

const example = '["ddcutil", "setvcp", "60", "0x11"]';

const argument = 'a text of one character at least, without NUL';

/**
 * A program, by its absolute path or by a name to look up on PATH, and its arguments. No shell
 * reads them: each text is one argument.
 */
export const commandLine = z
  .array(z.string(argument).regex(/^[^\0]+$/, argument), {
    error: ({ input }) =>
      typeof input === 'string' ? `the list ${listForm(input)}` : `a list such as ${example}`,
  })
  .min(1, `a program and its arguments, such as ${example}`)
  .transform((run, context) => {
    const expected = programProblem(run[0] ?? '');
    if (expected === null) return run;
    context.addIssue({ code: 'custom', path: [0], message: expected });
    return z.NEVER;
  });

/** What a text should have been that names no program; null for one that does. A path may have spaces. */
function programProblem(text: string): string | null {
  if (/^\/.*[^/]$/su.test(text) || /^[^\s/]+$/u.test(text)) return null;
  return /\s/.test(text)
    ? `the program, and each argument as a text of its own: ${listForm(text)}`
    : 'an absolute path, or a name without / to look up on PATH';
}

/** The list that runs what a shell would run for this text. */
function listForm(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return example;
  const isPlain = words.every((word) => /^[\w@%+=:,./-]+$/.test(word));
  const list = isPlain ? words : ['sh', '-c', text];
  return `[${list.map((word) => JSON.stringify(word)).join(', ')}]`;
}
