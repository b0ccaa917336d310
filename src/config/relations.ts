import { z } from 'zod';
import type { Chord } from './chord-text.ts';
import { choiceOf, type Finding } from './finding.ts';
import { chordsOfSeat, mostChords, mostSeats } from './limits.ts';
import { dottedPath, type Path } from './locate.ts';
import {
  chordsTable,
  chordTable,
  lookingGlassTable,
  seatTable,
  type GiveChord,
  type Seat,
} from './schema.ts';

/**
 * What is wrong between values that are right each by itself. Tables that the schema refuses are
 * counted but otherwise left out, so that one mistake neither hides others nor makes more of itself.
 */
export function relationFindings(document: Record<string, unknown>): Finding[] {
  const files = soundEntries(document, 'looking-glass', lookingGlassTable);
  const seats = soundEntries(document, 'seat', seatTable);
  const gives = soundEntries(document, 'chord', chordTable);
  const chords = chordsTable.safeParse(document['chords'] ?? {}).data;
  const seatsAreSound = z.array(seatTable).safeParse(document['seat'] ?? []).success;

  return [
    ...excess(entries(document, 'seat'), entries(document, 'chord')),
    ...repeats(
      files.map(({ path, value }) => ({ path: [...path, 'path'], value: value.path })),
      'a file of its own for each domain',
    ),
    ...repeats(
      seats.map(({ path, value }) => ({ path: [...path, 'name'], value: value.name })),
      'a name that no other seat has',
    ),
    ...seats.flatMap((seat) => repeats(elements(seat, 'domains'), 'each domain once')),
    ...repeats(
      seats.flatMap((seat) => [...elements(seat, 'input'), ...elements(seat, 'usb')]),
      'each device in one list of one seat',
    ),
    ...(seatsAreSound ? gives.flatMap((give) => strayGive(give, seats)) : []),
    ...conflicts([
      // The toggle after panic, because a finding is told of the later one, and the panic chord is
      // the one more often left to its default, which has no place in the file.
      ...(chords === undefined ? [] : [{ path: ['chords', 'panic'], value: chords.panic }]),
      ...(chords === undefined ? [] : [{ path: ['chords', 'toggle'], value: chords.toggle }]),
      ...gives.map(({ path, value }) => ({ path: [...path, 'keys'], value: value.keys })),
    ]),
  ];
}

interface Entry<T> {
  path: Path;
  value: T;
}

/** The elements of an array of tables that the schema accepts, with their places among all. */
function soundEntries<T>(
  document: Record<string, unknown>,
  key: string,
  schema: z.ZodType<T>,
): Entry<T>[] {
  return entries(document, key).flatMap(({ path, value }) => {
    const { success, data } = schema.safeParse(value);
    return success ? [{ path, value: data }] : [];
  });
}

function entries(document: Record<string, unknown>, key: string): Entry<unknown>[] {
  const tables = document[key];
  if (!Array.isArray(tables)) return [];
  return tables.map((value: unknown, index) => ({ path: [key, index], value }));
}

/** The first seat or chord that the switchboard has no room for. */
function excess(seats: Entry<unknown>[], gives: Entry<unknown>[]): Finding[] {
  const seat = seats[mostSeats];
  if (seat !== undefined) {
    const expected = `${mostSeats} [[seat]] tables at most`;
    return [{ path: seat.path, wrong: 'is one seat too many', expected }];
  }
  const room = mostChords - seats.length * chordsOfSeat;
  const give = gives[room];
  if (give === undefined) return [];
  const expected = `${room} [[chord]] tables at most: of ${mostChords} chords, each [[seat]] takes ${chordsOfSeat} for toggle and panic`;
  return [{ path: give.path, wrong: 'is one chord too many', expected }];
}

function elements(seat: Entry<Seat>, key: 'domains' | 'input' | 'usb'): Entry<unknown>[] {
  return seat.value[key].map((value, index) => ({ path: [...seat.path, key, index], value }));
}

/** Values that an earlier entry has already. The schema has brought equal ones to one spelling. */
function repeats(entries: Entry<unknown>[], expected: string): Finding[] {
  const first = new Map<string, Path>();
  return entries.flatMap(({ path, value }) => {
    const text = JSON.stringify(value);
    const earlier = first.get(text);
    if (earlier === undefined) {
      first.set(text, path);
      return [];
    }
    return [{ path, wrong: `repeats ${dottedPath(earlier)}`, expected }];
  });
}

/** A chord for a seat that does not exist, or for a target that its seat does not list. */
function strayGive({ path, value: give }: Entry<GiveChord>, seats: Entry<Seat>[]): Finding[] {
  const seat = seats.find(({ value }) => value.name === give.seat)?.value;
  if (seat === undefined) {
    const names = seats.map(({ value }) => value.name);
    return [
      {
        path: [...path, 'seat'],
        wrong: `names the unknown seat ${quoted(give.seat)}`,
        expected:
          names.length === 0 ? 'the name of a [[seat]] in this file' : choiceOf(names.map(quoted)),
      },
    ];
  }
  const targets = ['host', ...seat.domains];
  if (targets.includes(give.to)) return [];
  return [
    {
      path: [...path, 'to'],
      wrong: `names ${quoted(give.to)}, which seat ${quoted(seat.name)} does not list`,
      expected: choiceOf(targets.map(quoted)),
    },
  ];
}

/** Chords that cannot be told apart from an earlier one: each with the first that it meets. */
function conflicts(chords: Entry<Chord>[]): Finding[] {
  return chords.flatMap(({ path, value }, index) => {
    for (const earlier of chords.slice(0, index)) {
      const wrong = conflictWith(earlier, value);
      if (wrong !== null)
        return [{ path, wrong, expected: 'chords of which none contains another' }];
    }
    return [];
  });
}

function conflictWith({ path, value: earlier }: Entry<Chord>, chord: Chord): string | null {
  const within = earlier.keys.every((key) => chord.keys.includes(key));
  const around = chord.keys.every((key) => earlier.keys.includes(key));
  const other = `${dottedPath(path)} (${earlier.text})`;
  if (within && around) return `has the same keys as ${other}`;
  if (within) return `contains ${other}, which would fire first`;
  return around ? `is contained in ${other} and would fire first` : null;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
