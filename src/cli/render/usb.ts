import { styleText } from 'node:util';
import { selectorToml } from '../../config/selectors.ts';
import type {
  SurveyedBus,
  SurveyedController,
  SurveyedPort,
  SurveyedUsb,
} from '../../usb/survey.ts';
import { table } from './table.ts';
import { groupText, holderText, resetText, seatText, speedText, unreadText } from './usb-words.ts';

/** A block for each controller: its buses, and below each a row for every device on them. */
export function usbLines(controllers: readonly SurveyedController[]): string[] {
  if (controllers.length === 0) return ['This machine has no USB controllers.'];
  const lines = controllers.flatMap((controller, index) => [
    ...(index === 0 ? [] : ['']),
    ...controllerLines(controller),
  ]);
  const rows = table(lines.filter((line) => typeof line !== 'string'));
  return lines.map((line) => (typeof line === 'string' ? line : (rows.shift() ?? '')));
}

/** Cells, whose columns are those of the whole screen, or a line that keeps to none. */
type Line = string | string[];

function controllerLines(controller: SurveyedController): Line[] {
  const { address, name, driver, selector, buses } = controller;
  const what = `${name}${driver === null ? '' : ` (${driver})`}`;
  return [
    `${styleText('bold', address)}  ${what}; ${groupText(controller)}; ${resetText(controller)}`,
    ...(selector === null ? [] : [`  ${selectorToml(selector)}`]),
    ...buses.flatMap(busLines),
  ];
}

function busLines({ number, speedMbps, ports }: SurveyedBus): Line[] {
  const speed = speedText(speedMbps);
  return [`  bus ${number}${speed && `, ${speed}`}`, ...portLines(ports, 2)];
}

function portLines(ports: readonly SurveyedPort[], depth: number): Line[] {
  const indent = '  '.repeat(depth);
  const empty = ports
    .filter(({ device, unread }) => device === null && unread === undefined)
    .map(({ port }) => port);
  return [
    ...ports.flatMap(({ port, device, unread }): Line[] =>
      device === null
        ? unread === undefined
          ? []
          : [`${indent}${port}  ${styleText('yellow', unreadText(unread))}`]
        : [
            [`${indent}${port}`, ...deviceCells(device)],
            ...device.remarks.map((remark) => `${indent}  ${styleText('yellow', remark)}`),
            ...portLines(device.ports, depth + 1),
          ],
    ),
    ...(empty.length === 0 ? [] : [styleText('dim', `${indent}empty: ${empty.join(', ')}`)]),
  ];
}

function deviceCells(device: SurveyedUsb): string[] {
  const { name, classes, selector } = device;
  return [name, classes.join(', '), holderText(device), selectorToml(selector), seatText(device)];
}
