import { ArgumentScannerError, formatMessageForArgumentScannerError } from '@stricli/core';
import { choiceOf } from '../../config/finding.ts';
import { reasonOf } from '../../errors.ts';

/** What is wrong with the arguments of a command, in a sentence. */
export function argumentProblem(error: unknown): string {
  if (!(error instanceof ArgumentScannerError)) return `${reasonOf(error)}.`;
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) =>
      `There is no flag --${input}${nearest(corrections.map((name) => `--${name}`))}.`,
    AliasNotFoundError: ({ input }) => `There is no flag -${input}.`,
    UnsatisfiedFlagError: ({ externalFlagName }) =>
      `--${externalFlagName} needs a value behind it.`,
    UnexpectedFlagError: ({ externalFlagName }) => `--${externalFlagName} stands there twice.`,
    EnumValidationError: ({ externalFlagName, input, values }) =>
      `--${externalFlagName} takes ${choiceOf(values)}, not "${input}".`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input }) =>
      `${name} cannot be "${input}".`,
    UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is missing.`,
    UnexpectedPositionalError: ({ input }) => `"${input}" is one argument too many.`,
  });
}

/** What is wrong with a word in a command's place. */
export function commandProblem(word: string, corrections: readonly string[]): string {
  if (word.startsWith('-')) return `${word} stands where a command should: flags come behind it.`;
  return `There is no command "${word}"${nearest(corrections)}.`;
}

function nearest(names: readonly string[]): string {
  return names.length === 0 ? '' : `; the nearest is ${choiceOf(names)}`;
}
