import { styleText } from 'node:util';
import type { DeviceState, Problem, SeatState, State } from '../../server/protocol.ts';
import { makerText, useText } from '../../shm/presence.ts';
import { guestCells } from './guest.ts';
import { problemLines } from './problem.ts';
import { table } from './table.ts';
import { wrapped } from './wrapped.ts';

/**
 * The whole state as a person reads it.
 *
 * @param columns of the terminal, where it is one
 */
export function stateLines(state: State, columns?: number): string[] {
  const parts = [
    seatLines(state.seats, columns),
    table([
      ...state.domains.map(({ name, state: runs }) => ['domain', name, runs]),
      ...state.lookingGlass.map((file) => [
        'looking glass',
        file.domain,
        file.path,
        `${file.mib} MiB, ${fileText(file)}`,
      ]),
      ...state.guests.map((guest) => ['guest', ...guestCells(guest)]),
    ]),
    [
      ...state.problems.flatMap((problem) => problemText(problem, columns)),
      ...(state.waiting ?? []).flatMap((each) => waitingText(each, columns)),
    ],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function seatLines(seats: readonly SeatState[], columns: number | undefined): string[] {
  if (seats.length === 0) return ['No seat is configured.'];
  const rows = table(seats.flatMap(({ devices }) => devices.map(deviceCells)));
  return seats.flatMap((seat) => [
    headline(seat),
    ...seat.devices.flatMap(({ problem }) => [
      ...rows.splice(0, 1).map((row) => `  ${row}`),
      ...(problem === null ? [] : wrapped(`    ${styleText('red', problem)}`, columns)),
    ]),
  ]);
}

function headline({ name, owner, domains, moving }: SeatState): string {
  const targets = ['host', ...domains].filter((target) => target !== owner);
  const next = moving ? styleText('yellow', ', moving') : `; can go to ${targets.join(', ')}`;
  return `seat ${name}: with ${styleText('bold', owner)}${next}`;
}

function deviceCells(device: DeviceState): string[] {
  const { kind, selector, name } = device;
  return [kind, name || selector, name ? selector : '', placeOf(device)];
}

function placeOf({ present, with: holder }: DeviceState): string {
  return present ? (holder ?? 'nobody') : styleText('yellow', 'not plugged in');
}

function fileText(file: State['lookingGlass'][number]): string {
  if (file.present) return useText(file);
  return styleText('red', `${useText(file)}: ${makerText(file.path)}`);
}

function problemText({ message, remedy }: Problem, columns: number | undefined): string[] {
  return problemLines('problem', styleText('red', message), remedy, columns);
}

function waitingText({ message, remedy }: Problem, columns: number | undefined): string[] {
  return problemLines('waiting', styleText('yellow', message), remedy, columns);
}
