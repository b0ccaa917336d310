import { parseArgs, type ParseArgsConfig } from 'node:util';
import { reasonOf } from '../../src/errors.ts';
import { WrongUsage } from '../lab/failure.ts';

const common = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads a benchmark's command line, `--json` and `--help` besides its own options. Throws WrongUsage. */
export function parseWords<const T extends Options>(
  words: readonly string[],
  options: T,
  help: string,
) {
  try {
    return parseArgs({ args: [...words], options: { ...common, ...options } }).values;
  } catch (error) {
    throw new WrongUsage(`${reasonOf(error)}\n\n${help}`, { cause: error });
  }
}
