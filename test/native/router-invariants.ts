import { expect } from 'vitest';
import { type Moment, plain, type Table } from './router-walk.ts';

/**
 * What must be true of any answers, told from these alone by a model of who sees what: a source's
 * events are seen by the host while it is not grabbed, and the readers of sinks see reports.
 *
 * - A reader sees no key pressed twice, and none released or repeated that is not down.
 * - A source is grabbed only while none of its keys is down; so the host sees each release.
 * - Where a source is grabbed, its seat is a domain's or swallows; after a panic, it swallows.
 * - A press reaches one side: the host, or the owner's sink. None gets it twice, and it is swallowed
 *   only for a chord.
 * - A key is down on a sink only while a grabbed source whose sink this is holds it.
 *
 * The last two are not asked of sinks that do not take everything at present, the last not while there
 * is something to be read.
 */
export function check(moments: readonly Moment[], answers: readonly string[][]): void {
  const grabbed = new Set<number>();
  const hostSees = [0, 1, 2].map(() => new Set<string>());
  const sinkDown = new Map<string, Set<string>>();
  const owners = [0, 0];
  let sent: string[] = [];

  const downOn = (sink: string) => {
    const down = sinkDown.get(sink) ?? new Set<string>();
    sinkDown.set(sink, down);
    return down;
  };
  const hear: Record<string, (words: string[], moment: Moment) => void> = {
    grab: ([slot], { down }) => {
      expect(grabbed.has(Number(slot))).toBe(false);
      expect([...(down[Number(slot)] ?? [])]).toEqual([]);
      expect([...(hostSees[Number(slot)] ?? [])]).toEqual([]);
      grabbed.add(Number(slot));
    },
    ungrab: ([slot]) => expect(grabbed.delete(Number(slot))).toBe(true),
    moved: ([seat, , owner]) => (owners[Number(seat)] = Number(owner)),
    panic: () => expect(owners).toEqual([0, 0]),
  };
  const readReport = (sink: string, words: readonly string[]) => {
    for (const word of words.filter((each) => /[-+~]$/.test(each))) {
      const key = word.slice(0, -1);
      expect([word, downOn(sink).has(key)]).toEqual([word, !word.endsWith('+')]);
      if (word.endsWith('+')) {
        downOn(sink).add(key);
        sent.push(`${sink} ${key}`);
      } else if (word.endsWith('-')) {
        downOn(sink).delete(key);
      }
    }
  };

  moments.forEach((moment, index) => {
    const { changes, down, limited, table, removed, added } = moment;
    const wasGrabbed = new Set(grabbed);
    const ownersBefore = [...owners];
    const wasDown = new Map([...sinkDown].map(([sink, keys]) => [sink, new Set(keys)]));
    const unlimitedNow = moments[index - 1]?.limited ?? limited;
    sent = [];
    if (removed !== undefined) {
      grabbed.delete(removed);
      hostSees[removed]?.clear();
    }
    if (added !== undefined) {
      hostSees[added] = new Set(down[added]);
    }
    if (changes !== undefined && !grabbed.has(changes.source)) {
      changes.pressed.forEach((key) => hostSees[changes.source]?.add(key));
      changes.released.forEach((key) => hostSees[changes.source]?.delete(key));
    }
    for (const answer of answers[index] ?? []) {
      const [first = '', ...words] = answer.split(' ');
      if (first.endsWith(':')) {
        readReport(first.slice(0, -1), words);
      } else {
        hear[first.replace(/\W/g, '')]?.(words, moment);
      }
    }

    for (const slot of grabbed) {
      const seat = table.seats[slot];
      expect([slot, isTaken(table, owners, seat)]).toEqual([slot, true]);
    }
    hostSees.forEach((keys, slot) =>
      expect([...keys].filter((key) => !down[slot]?.has(key))).toEqual([]),
    );
    for (const press of sent) {
      const [sink = '', key = ''] = press.split(' ');
      if (limited.has(sink) || unlimitedNow.has(sink)) {
        continue;
      }
      const from = [0, 1, 2].filter(
        (slot) =>
          wasGrabbed.has(slot) &&
          !hostSees[slot]?.has(key) &&
          (down[slot]?.has(key) === true || changes?.pressed.includes(key) === true) &&
          sinkOf(table, ownersBefore, slot, key) === sink,
      );
      expect([press, from.length > 0]).toEqual([press, true]);
    }
    if (changes !== undefined && moment.late !== true && wasGrabbed.has(changes.source)) {
      for (const key of changes.pressed.filter((each) => plain.includes(each))) {
        const sink = sinkOf(table, ownersBefore, changes.source, key);
        const reached = sent.includes(`${sink} ${key}`) || wasDown.get(sink)?.has(key) === true;
        expect([sink, key, reached || limited.has(sink)]).toEqual([sink, key, true]);
      }
    }
    for (const [sink, keys] of sinkDown) {
      const stuck = [...keys].filter(
        (key) =>
          ![0, 1, 2].some(
            (slot) =>
              grabbed.has(slot) &&
              down[slot]?.has(key) === true &&
              sinkOf(table, owners, slot, key) === sink,
          ),
      );
      expect([sink, limited.has(sink) || moment.late === true ? [] : stuck]).toEqual([sink, []]);
    }
  });
  expect([...sinkDown.values()].flatMap((keys) => [...keys])).toEqual([]);
}

function isTaken(table: Table, owners: readonly number[], seat: number | undefined): boolean {
  return seat !== undefined && (owners[seat] !== 0 || (seat === 0 && table.swallow));
}

function sinkOf(table: Table, owners: readonly number[], slot: number, key: string): string {
  const owner = owners[table.seats[slot] ?? -1];
  if (slot === 1 && owner === 1 && table.clone) {
    return 'c0';
  }
  return key === 'left' ? `p${owner}` : owner === 2 ? table.keyboard : `k${owner}`;
}
