import { table } from '../../src/cli/render/table.ts';

/** Rows under their headings; all columns but the first end where their heading ends. */
export function columns(headings: readonly string[], rows: readonly string[][]): string[] {
  const all = [[...headings], ...rows];
  const widths = headings.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  const aligned = all.map((row) =>
    row.map((cell, index) => (index === 0 ? cell : cell.padStart(widths[index] ?? 0))),
  );
  return table(aligned);
}
