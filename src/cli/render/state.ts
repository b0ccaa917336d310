import type { DeviceState, SeatState, State } from '../../server/protocol.ts';
import { guestCells } from './guest.ts';
import { problemLines } from './problem.ts';
import { table } from './table.ts';

/** The whole state as a person reads it. */
export function stateLines(state: State): string[] {
  const parts = [
    state.seats.flatMap(seatLines),
    table([
      ...state.domains.map(({ name, state: runs }) => ['domain', name, runs]),
      ...state.lookingGlass.map(({ domain, path, mib, host }) => [
        'looking glass',
        domain,
        `${path}, ${mib} MiB, ${hostWords[host] ?? host}`,
      ]),
      ...state.guests.map(guestCells),
    ]),
    state.problems.flatMap(({ message, remedy }) => problemLines('problem', message, remedy)),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

const hostWords: Record<string, string> = {
  alive: 'host alive',
  dead: 'host stopped',
  none: 'no host',
  unknown: 'host not known yet',
};

function seatLines(seat: SeatState): string[] {
  const { name, owner, domains, devices, moving } = seat;
  const targets = ['host', ...domains].filter((target) => target !== owner).join(', ');
  return [
    `seat ${name}: ${moving ? 'moving, now ' : ''}with ${owner}; can go to ${targets}`,
    ...table(devices.map((device) => ['  ', ...deviceCells(device)])),
  ];
}

function deviceCells({ kind, selector, name, present, ...device }: DeviceState): string[] {
  const place = present ? (device.with ?? 'nobody') : 'not plugged in';
  return [kind, name || selector, name ? selector : '', device.problem ?? place];
}
