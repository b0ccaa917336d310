import type { DeviceState, State } from '../../server/protocol.ts';
import { hostText } from './shared-memory.ts';

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
    seats.flatMap(({ name: seat, devices }) => {
      const bySelector = Map.groupBy(devices, ({ kind, selector }) => `${kind} device ${selector}`);
      return [...bySelector].map(([device, named]) => [`${device} of ${seat}`, devicesText(named)]);
    }),
  );

/** A selector may name several devices, which are then told apart by their names. */
function devicesText(devices: readonly DeviceState[]): string {
  const texts = devices.map(deviceText);
  if (devices.length === 1) return texts.join('');
  return devices.map(({ name }, index) => `${name} ${texts[index] ?? ''}`).join(', ');
}

function deviceText({ present, with: holder, problem }: DeviceState): string {
  if (problem !== null) return `has a problem: ${problem}`;
  return present ? `with ${holder ?? 'nobody'}` : 'not plugged in';
}

const domainsOf = ({ domains }: State): Facts =>
  new Map(domains.map(({ name, state }) => [`domain ${name}`, state]));

const hostsOf = ({ lookingGlass }: State): Facts =>
  new Map(lookingGlass.map(({ domain, host }) => [`looking glass ${domain}`, hostText(host)]));

const guestsOf = ({ guests }: State): Facts =>
  new Map(
    guests.map(({ id, domain, connected }) => [
      `guest ${id} of ${domain}`,
      connected ? 'connected' : 'not connected',
    ]),
  );

const problemsOf = ({ problems }: State): Facts =>
  new Map(problems.map(({ message }) => [`problem "${message}"`, 'came up']));
