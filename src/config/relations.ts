import { z } from 'zod';
import { chordConflicts, type SeatChord } from './chord-conflicts.ts';
import type { ChordSetting } from './chord-setting.ts';
import { elements, entries, repeats, soundEntries, type Entry } from './entries.ts';
import { choiceOf, type Finding } from './finding.ts';
import { chordsOfSeat, mostChords, mostDomains, mostSeats } from './limits.ts';
import { dottedPath } from './locate.ts';
import { proxyName } from './proxy-name.ts';
import {
  chordsTable,
  chordTable,
  lookingGlassTable,
  onGiveTable,
  qemuTable,
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
  const onGive = soundEntries(document, 'on-give', onGiveTable).map(({ path, value }) => ({
    path,
    value: { seat: value.seat, to: [value.to] },
  }));
  const qemus = soundEntries(document, 'qemu', qemuTable);
  const seatsAreSound = z.array(seatTable).safeParse(document['seat'] ?? []).success;
  const qemusAreSound = z.array(qemuTable).safeParse(document['qemu'] ?? []).success;
  const domains = seats.map(({ path, value }) => elements([...path, 'domains'], value.domains));

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
    ...domains.flatMap((ofSeat) => repeats(ofSeat, 'each domain once')),
    ...excessDomain(domains.flat()),
    ...alikeProxies(domains.flat()),
    ...repeats(
      seats.flatMap(({ path, value }) => [
        ...elements<unknown>([...path, 'input'], value.input),
        ...elements<unknown>([...path, 'usb'], value.usb),
      ]),
      'each device in one list of one seat',
    ),
    ...repeats(
      seats.flatMap(({ path, value }) => elements([...path, 'optical'], value.optical)),
      'each drive once, in one seat',
    ),
    ...(qemusAreSound ? seats.flatMap((each) => driveless(each, qemus)) : []),
    ...repeats(
      qemus.map(({ path, value }) => ({ path: [...path, 'name'], value: value.name })),
      'a name that no other QEMU has',
    ),
    ...repeats(
      qemus.map(({ path, value }) => ({ path: [...path, 'socket'], value: value.socket })),
      'a socket of its own for each QEMU',
    ),
    ...gives.flatMap((give) => repeats(targets(give), 'each target once')),
    ...(seatsAreSound ? [...gives, ...onGive].flatMap((give) => strays(give, seats)) : []),
    ...chordConflicts([
      // The toggle after panic, because a finding is told of the later one, and the panic chord is
      // the one more often left to its default, which has no place in the file.
      ...(chords === undefined ? [] : [everySeats('panic', chords.panic)]),
      ...(chords === undefined ? [] : [everySeats('toggle', chords.toggle)]),
      ...gives.map(({ path, value }) => ({ path: [...path, 'keys'], value })),
    ]),
  ];
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
  const expected = `${room} [[chord]] tables at most: of ${mostChords} chords, each [[seat]] takes ${chordsOfSeat} for toggle, panic and QEMU's own grab toggle`;
  return [{ path: give.path, wrong: 'is one chord too many', expected }];
}

/** The first domain that the switchboard has no room for, told where it is first named. */
function excessDomain(domains: Entry<string>[]): Finding[] {
  const names = [...new Set(domains.map(({ value }) => value))];
  const domain = domains.find(({ value }) => value === names[mostDomains]);
  if (domain === undefined) return [];
  const expected = `${mostDomains} different domains at most in all [[seat]] tables together`;
  return [{ path: domain.path, wrong: 'is one domain too many', expected }];
}

/** Domains whose proxies would have the links of another domain's. */
function alikeProxies(domains: Entry<string>[]): Finding[] {
  const first = new Map<string, Entry<string>>();
  return domains.flatMap((domain) => {
    const { path, value } = domain;
    const name = proxyName(value);
    const earlier = first.get(name) ?? domain;
    first.set(name, earlier);
    if (earlier.value === value) return [];
    return [
      {
        path,
        wrong: `cannot be told apart from ${dottedPath(earlier.path)} (${quoted(earlier.value)}) in /dev/input/by-handglass`,
        expected: `names that differ there, where both are ${quoted(name)}`,
      },
    ];
  });
}

/** Domains of libvirt, by which no drive can be attached, among those of a seat that has one. */
function driveless({ path, value }: Entry<Seat>, qemus: Entry<{ name: string }>[]): Finding[] {
  const names = qemus.map(({ value: { name } }) => name);
  const others = value.domains.filter((domain) => !names.includes(domain));
  if (value.optical.length === 0 || others.length === 0) return [];
  return [
    {
      path: [...path, 'optical'],
      wrong: `cannot go to ${others.map(quoted).join(', ')}, of libvirt`,
      expected: 'a [[qemu]] for each domain of the seat, or an empty list',
    },
  ];
}

type Give = Pick<GiveChord, 'seat' | 'to'>;

/** A list has two targets at least: one alone has been written as a text. */
function targets({ path, value: { to } }: Entry<Give>): Entry<string>[] {
  const [only = '', ...others] = to;
  const at = [...path, 'to'];
  return others.length === 0 ? [{ path: at, value: only }] : elements(at, to);
}

/** A seat that does not exist, or targets that the seat does not list. */
function strays(give: Entry<Give>, seats: Entry<Seat>[]): Finding[] {
  const { path, value } = give;
  const seat = seats.find(({ value: { name } }) => name === value.seat)?.value;
  if (seat === undefined) {
    const names = seats.map(({ value: { name } }) => name);
    return [
      {
        path: [...path, 'seat'],
        wrong: `names the unknown seat ${quoted(value.seat)}`,
        expected:
          names.length === 0 ? 'the name of a [[seat]] in this file' : choiceOf(names.map(quoted)),
      },
    ];
  }
  const known = ['host', ...seat.domains];
  return targets(give)
    .filter(({ value: target }) => !known.includes(target))
    .map(({ path: at, value: target }) => ({
      path: at,
      wrong: `names ${quoted(target)}, which seat ${quoted(seat.name)} does not list`,
      expected: choiceOf(known.map(quoted)),
    }));
}

function everySeats(key: 'toggle' | 'panic', chord: ChordSetting): Entry<SeatChord> {
  return { path: ['chords', key], value: { ...chord, seat: null } };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
