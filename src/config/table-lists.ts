/** Names of the tables that are written `[[name]]`, for there may be several of each. */
const tableLists = ['looking-glass', 'seat', 'chord', 'on-give', 'qemu'] as const;

export type TableList = (typeof tableLists)[number];

/** What to write in place of `[name]`. */
export function inDoubleBrackets(name: TableList): string {
  return `[[${name}]] in double brackets, even where there is only one`;
}

/**
 * The first header `[name]` that ought to be `[[name]]`, where a parser stopped at this line because
 * another header has the same name; `undefined` when it stopped for something else. Lines are from 1.
 */
export function singleBrackets(
  toml: string,
  stoppedAt: number,
): { name: TableList; line: number; column: number } | undefined {
  const lines = toml.split('\n').slice(0, stoppedAt);
  const name = tableLists.find((list) => isHeader(lines.at(-1) ?? '', `\\[?\\[ *${list} *\\]`));
  if (name === undefined) return undefined;

  const index = lines.findIndex((line) => isHeader(line, `\\[ *${name} *\\]`));
  if (index < 0) return undefined;
  return { name, line: index + 1, column: (lines[index]?.indexOf('[') ?? 0) + 1 };
}

function isHeader(line: string, header: string): boolean {
  return new RegExp(`^[ \\t]*${header}`).test(line);
}
