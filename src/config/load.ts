import { parse, TomlError } from 'smol-toml';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { columnAfter, positionAt, problemsAt, type ConfigProblem } from './problem.ts';
import { relationFindings } from './relations.ts';
import { configSchema, type Config } from './schema.ts';
import { shapeFindings } from './shape.ts';
import { inDoubleBrackets, singleBrackets } from './table-lists.ts';
import { unquotedText } from './unquoted-text.ts';

/** Reads the configuration; `config` when it is not there, cannot be read, or is wrong anywhere. */
export async function loadConfig(host: ReadFiles, path: string): Promise<Config> {
  const result = checkConfig(await readConfigText(host, path));
  if ('config' in result) return result.config;
  const lines = result.problems.map(
    ({ line, column, message, expected }) =>
      `${path}:${line}:${column}: ${message}; expected ${expected}.`,
  );
  throw new HandglassError('config', lines.join('\n'));
}

/** Judges the text of a configuration file: all that is wrong in it at once, in its order. */
export function checkConfig(text: string): { config: Config } | { problems: ConfigProblem[] } {
  // An editor's byte order mark is no character of the first line.
  const toml = text.replace(/^\uFEFF/, '');
  const garbled = toml.indexOf('\uFFFD');
  if (garbled >= 0) return { problems: [notUtf8(toml, garbled)] };

  let document;
  try {
    document = parse(toml);
  } catch (error) {
    if (error instanceof TomlError) return { problems: [notToml(toml, error)] };
    throw error;
  }
  const { data, error } = configSchema.safeParse(document);
  const findings = [...shapeFindings(error?.issues ?? [], document), ...relationFindings(document)];
  if (data !== undefined && findings.length === 0) return { config: data };
  return { problems: problemsAt(findings, toml) };
}

/** The configuration's text; `config` when it is not there or cannot be read. */
export async function readConfigText(host: ReadFiles, path: string): Promise<string> {
  try {
    return await host.readText(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): HandglassError {
  const failure = (what: string, remedy: string) =>
    new HandglassError('config', what, remedy, { cause });
  if (isErrno(cause, 'ENOENT', 'ENOTDIR')) {
    return failure(
      `There is no configuration at ${path}.`,
      'Copy the example, config/handglass.toml, to that place and edit it, or name another file with --config.',
    );
  }
  if (isErrno(cause, 'EISDIR')) {
    return failure(
      `The configuration ${path} is a folder.`,
      `Name the file in it, such as ${path}/handglass.toml.`,
    );
  }
  return failure(
    `The configuration ${path} cannot be read: ${reasonOf(cause)}.`,
    'The user who runs Handglass must be able to read it, and every folder above it.',
  );
}

/** Bytes that are not UTF-8 have been read as U+FFFD. */
function notUtf8(toml: string, offset: number): ConfigProblem {
  return {
    ...positionAt(toml, offset),
    key: '',
    message: 'these bytes are not UTF-8',
    expected: 'a text file saved as UTF-8',
  };
}

/** The parser stops at the first thing that it cannot read, and counts in UTF-16 units. */
function notToml(toml: string, { line, column, message }: TomlError): ConfigProblem {
  const single = singleBrackets(toml, line);
  if (single !== undefined) {
    const { name: key, ...place } = single;
    const message = `${key} cannot be a single table`;
    return { ...place, key, message, expected: inDoubleBrackets(key) };
  }
  const text = toml.split('\n')[line - 1] ?? '';
  const unquoted = unquotedText(text, column - 1);
  return {
    line,
    column: columnAfter(text.slice(0, column - 1)),
    key: '',
    message: message.split('\n', 1).join(),
    expected:
      unquoted === undefined
        ? 'TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes'
        : `a text in quotes: ${JSON.stringify(unquoted)}`,
  };
}
