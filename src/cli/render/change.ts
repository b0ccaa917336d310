import type { State } from '../../server/protocol.ts';

/** One sentence for each thing that differs between two states. */
export function changes(before: State, after: State): string[] {
  return [
    ...differing(seatsOf(before), seatsOf(after)),
    ...differing(devicesOf(before), devicesOf(after)),
    ...differing(domainsOf(before), domainsOf(after)),
    ...differing(hostsOf(before), hostsOf(after)),
    ...differing(guestsOf(before), guestsOf(after)),
    ...differing(problemsOf(before), problemsOf(after)),
  ];
}

type Facts = Map<string, string>;

/** What is new or other, and what is no more. */
function differing(before: Facts, after: Facts): string[] {
  const now = [...after].filter(([key, value]) => before.get(key) !== value);
  const gone = [...before.keys()].filter((key) => !after.has(key));
  return [...now.map(([key, value]) => `${key} ${value}`), ...gone.map((key) => `${key} no more`)];
}

const seatsOf = ({ seats }: State): Facts =>
  new Map(
    seats.map(({ name, owner, moving }) => [
      `seat ${name}`,
      moving ? `moving from ${owner}` : `with ${owner}`,
    ]),
  );

const devicesOf = ({ seats }: State): Facts =>
  new Map(
    seats.flatMap(({ name: seat, devices }) =>
      devices.map((device) => [
        `device ${device.selector} of ${seat}`,
        device.problem ?? (device.present ? `with ${device.with ?? 'nobody'}` : 'unplugged'),
      ]),
    ),
  );

const domainsOf = ({ domains }: State): Facts =>
  new Map(domains.map(({ name, state }) => [`domain ${name}`, state]));

const hostsOf = ({ lookingGlass }: State): Facts =>
  new Map(lookingGlass.map(({ domain, host }) => [`looking glass ${domain}`, `host ${host}`]));

const guestsOf = ({ guests }: State): Facts =>
  new Map(guests.map(({ id, connected }) => [`guest ${id}`, connected ? 'connected' : 'away']));

const problemsOf = ({ problems }: State): Facts =>
  new Map(problems.map(({ message }) => [`problem: ${message}`, '']));
