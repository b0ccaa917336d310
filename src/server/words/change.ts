import { useText } from '../../shm/presence.ts';
import type { DeviceState, SeatState, State } from '../protocol.ts';
import { deviceText } from './device.ts';

/** One sentence for each thing that differs between two states. */
export function changes(before: State, after: State): string[] {
  const missed = after.number - before.number - 1;
  return [
    ...(missed > 0 ? [`${missed} changes came too fast to be told of one by one`] : []),
    ...differing(seatsOf(before), seatsOf(after)),
    ...repairsSince(before, after),
    ...differing(devicesOf(before), devicesOf(after)),
    ...differing(domainsOf(before), domainsOf(after)),
    ...differing(hostsOf(before), hostsOf(after)),
    ...differing(guestsOf(before), guestsOf(after)),
    ...differing(problemsOf(before), problemsOf(after)),
    ...differing(waitingOf(before), waitingOf(after)),
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
  new Map(seats.map((seat) => [`seat ${seat.name}`, seatText(seat)]));

function seatText({ owner, moving, move }: SeatState): string {
  const why = move === null ? '' : ` (${move.why})`;
  if (moving) return `moving from ${owner}${move === null ? '' : ` to ${move.to}`}${why}`;
  if (move === null || move.failure === null) return `with ${owner}`;
  return `with ${owner}, not moved to ${move.to}${why}: ${move.failure}`;
}

/** The same may be done again. */
function repairsSince(before: State, { seats }: State): string[] {
  const numbers = new Map(before.seats.map(({ name, repair }) => [name, repair?.number]));
  return seats.flatMap(({ name, repair }) =>
    repair === null || repair.number === numbers.get(name) ? [] : [`seat ${name}: ${repair.what}`],
  );
}

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

const domainsOf = ({ domains }: State): Facts =>
  new Map(domains.map(({ name, state }) => [`domain ${name}`, state]));

const hostsOf = ({ lookingGlass }: State): Facts =>
  new Map(lookingGlass.map((file) => [`looking glass ${file.domain}`, useText(file)]));

const guestsOf = ({ guests }: State): Facts =>
  new Map(
    guests.map(({ id, domain, connected }) => [
      `guest ${id} of ${domain}`,
      connected ? 'connected' : 'not connected',
    ]),
  );

const problemsOf = ({ problems }: State): Facts =>
  new Map(problems.map(({ message }) => [`problem "${message}"`, 'came up']));

const waitingOf = ({ waiting = [] }: State): Facts =>
  new Map(waiting.map(({ message }) => [`waiting "${message}"`, 'came up']));
