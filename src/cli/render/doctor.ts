import { styleText } from 'node:util';
import type { DoctorReport, Result } from '../../doctor/report.ts';
import { table } from './table.ts';
import { wrapped } from './wrapped.ts';

/**
 * A line for each subject, and below it what is not well there; with `all` what is well too.
 *
 * @param columns of the terminal, where it is one
 */
export function doctorLines(report: DoctorReport, all: boolean, columns?: number): string[] {
  const told = report.subjects.filter(({ results }) => results.length > 0);
  const heads = table(
    told.map(({ name, results }) => [styleText('bold', name), countsText(results)]),
  );
  const resultLines = (result: Result) => linesOf(result, columns);
  const fine = (result: Result) => fineLines(result, columns);
  const details = told.map(({ results }) => [
    ...results.filter(({ verdict }) => verdict === 'problem').flatMap(resultLines),
    ...results.filter(({ verdict }) => verdict === 'warning').flatMap(resultLines),
    ...unknownLines(results, columns),
    ...(all ? results.filter(({ verdict }) => verdict === 'ok').flatMap(fine) : []),
  ]);
  const results = report.subjects.flatMap((subject) => subject.results);
  return [
    summaryOf(results),
    '',
    // What is long stands apart from what is a line.
    ...details.flatMap((lines, index) => [
      ...(index > 0 && lines.length > 0 && details[index - 1]?.length === 0 ? [''] : []),
      heads[index] ?? '',
      ...lines,
      ...(lines.length > 0 && index + 1 < details.length ? [''] : []),
    ]),
    ...lookAgainLines(results),
  ];
}

const words = {
  problem: ['problem', 'problems'],
  warning: ['warning', 'warnings'],
  unknown: ['not looked at', 'not looked at'],
  ok: ['fine', 'fine'],
} as const;

const colours = { problem: 'red', warning: 'yellow', unknown: 'cyan', ok: 'green' } as const;

function summaryOf(results: readonly Result[]): string {
  return countsText(results) || 'Nothing could be found to look at.';
}

/** `1 problem, 2 warnings, 4 fine`. */
function countsText(results: readonly Result[]): string {
  return (['problem', 'warning', 'unknown', 'ok'] as const)
    .flatMap((verdict) => {
      const count = results.filter((result) => result.verdict === verdict).length;
      if (count === 0) return [];
      const text = `${count} ${words[verdict][count === 1 ? 0 : 1]}`;
      return [verdict === 'ok' ? text : styleText(colours[verdict], text)];
    })
    .join(', ');
}

/** `Files of shared memory: /dev/shm/looking-glass`. */
export function titleOf({ title, about }: Result): string {
  return about === '' ? title : `${title}: ${about}`;
}

export function verdictText(verdict: Result['verdict']): string {
  return styleText(colours[verdict], verdict === 'unknown' ? words.unknown[0] : verdict);
}

function linesOf(result: Result, columns: number | undefined): string[] {
  const { verdict, id, explanation, remedy, advice } = result;
  return [
    `  ${verdictText(verdict)}  ${titleOf(result)}  ${styleText('dim', id)}`,
    ...wrapped(`    ${explanation}`, columns),
    // A command stays on one line, as it is copied.
    ...(remedy === null ? [] : [`      $ ${remedy}`]),
    ...(advice === '' ? [] : wrapped(`      ${advice}`, columns)),
  ];
}

/** What could not be looked at for one reason is told once. */
function unknownLines(results: readonly Result[], columns: number | undefined): string[] {
  const unseen = results.filter(({ verdict }) => verdict === 'unknown');
  return [...Map.groupBy(unseen, ({ explanation }) => explanation)].flatMap(
    ([explanation, alike]) => {
      const names = [...new Set(alike.map(nameOf))];
      const more = names.length > most ? ` and ${names.length - most} more` : '';
      return [
        `  ${verdictText('unknown')}  ${names.slice(0, most).join(', ')}${more}`,
        ...wrapped(`    ${explanation}`, columns),
      ];
    },
  );
}

const most = 4;

function nameOf({ id, about }: Result): string {
  return about === '' ? id : `${id} ${about}`;
}

function fineLines(result: Result, columns: number | undefined): string[] {
  const { verdict, id, explanation } = result;
  return [
    `  ${verdictText(verdict)}  ${titleOf(result)}  ${styleText('dim', id)}`,
    ...wrapped(`    ${explanation}`, columns),
  ];
}

function lookAgainLines(results: readonly Result[]): string[] {
  const again = results.find(({ verdict, remedy }) => verdict === 'unknown' && remedy !== null);
  return again === undefined ? [] : ['', `\`${again.remedy}\` sees more.`];
}
