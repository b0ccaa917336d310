import type { Finding } from './finding.ts';
import { dottedPath, locate, type Place } from './locate.ts';

/** Something wrong in a configuration file, where a person finds it. */
export interface ConfigProblem {
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
  /** The dotted path: `seat[0].usb[1].vendor`; empty when the text is no TOML. */
  key: string;
  /** What is wrong, without a full stop. */
  message: string;
  /** What was expected there, likewise. */
  expected: string;
}

/** Findings in the order of the file. `text` is the TOML document that they are about. */
export function problemsAt(findings: readonly Finding[], text: string): ConfigProblem[] {
  const places = locate(text);
  return findings
    .map((finding) => ({ finding, offset: offsetOf(finding, places) }))
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ finding: { path, wrong, expected }, offset }) => {
      const key = dottedPath(path);
      return { ...positionAt(text, offset), key, message: `${key} ${wrong}`, expected };
    });
}

/** Line and column of an offset in a text. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  const last = lines.at(-1) ?? '';
  return { line: lines.length, column: columnAfter(last) };
}

/** The column that follows the beginning of a line, which editors count in characters. */
export function columnAfter(beginning: string): number {
  return Array.from(beginning).length + 1;
}

/** What is missing is told at the table or list around it. */
function offsetOf(
  { path, inKey }: Pick<Finding, 'path' | 'inKey'>,
  places: Map<string, Place>,
): number {
  const place = places.get(dottedPath(path));
  if (place !== undefined) return inKey ? place.key : place.value;
  return path.length === 0 ? 0 : offsetOf({ path: path.slice(0, -1) }, places);
}
