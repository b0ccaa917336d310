import type { DoctorReport, Result } from './report.ts';

/** A result that is there now and was not before, or is there no more. */
export interface Change {
  isGone: boolean;
  result: Result;
}

/**
 * What differs between two reports: what is not well now, what was not well and is now or is no more;
 * with `all` what is or was well too. A result that takes the place of another tells of both.
 */
export function changesBetween(before: DoctorReport, after: DoctorReport, all: boolean): Change[] {
  const then = byPlace(before);
  const now = byPlace(after);
  const places = new Set([...now.keys(), ...then.keys()]);
  return [...places].flatMap((place) => {
    const old = then.get(place) ?? [];
    const current = now.get(place) ?? [];
    const isTold = (result: Result) => all || !isWell(result);
    const come = without(current, old);
    const gone = current.length > 0 && current.every(isWell) ? [] : without(old, current);
    return [
      ...come
        .filter((result) => isTold(result) || !old.every(isWell))
        .map((result) => ({ isGone: false, result })),
      ...gone
        .slice(come.length)
        .filter(isTold)
        .map((result) => ({ isGone: true, result })),
    ];
  });
}

function byPlace({ subjects }: DoctorReport): Map<string, Result[]> {
  const results = subjects.flatMap((subject) => subject.results);
  return Map.groupBy(results, ({ id, about }) => `${id} ${about}`);
}

function isWell({ verdict }: Result): boolean {
  return verdict === 'ok';
}

function without(results: readonly Result[], others: readonly Result[]): Result[] {
  const known = new Set(others.map((each) => JSON.stringify(each)));
  return results.filter((each) => !known.has(JSON.stringify(each)));
}
