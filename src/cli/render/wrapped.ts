import { stripVTControlCharacters } from 'node:util';

/**
 * A sentence in lines that a terminal does not break in the middle of words, each with the first one's
 * indent. What stands between backquotes stays whole, so that it can be copied.
 *
 * @param columns of the terminal; none where the output is no terminal, and the sentence stays one line
 */
export function wrapped(line: string, columns: number | undefined): string[] {
  if (columns === undefined || widthOf(line) <= columns) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  for (const word of line.match(/(?:`[^`]*`|\S)+/g) ?? []) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 1 + widthOf(word) > columns)
      lines.push(indent + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Colours take no room. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
