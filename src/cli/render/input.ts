import { styleText } from 'node:util';
import { selectorToml } from '../../config/selectors.ts';
import type { SurveyedInput } from '../../input/survey.ts';
import { table } from './table.ts';

/** A row for each device; remarks stand below theirs, since they are longer than a column. */
export function inputLines(devices: readonly SurveyedInput[]): string[] {
  if (devices.length === 0) return ['This machine has no input devices.'];
  const rows = table(devices.map(deviceCells));
  return devices.flatMap(({ remarks }, index) => [
    rows[index] ?? '',
    ...remarks.map((remark) => `  ${styleText('yellow', remark)}`),
  ]);
}

function deviceCells(device: SurveyedInput): string[] {
  const { name, kind, selector } = device;
  return [name, kind, selector === null ? '' : selectorToml(selector), seatText(device)];
}

/** `seat desk`, or `seat desk (usb)` where it goes that way. */
function seatText({ seat, usbSeats }: SurveyedInput): string {
  const names = [...(seat === null ? [] : [seat]), ...usbSeats.map((name) => `${name} (usb)`)];
  return names.length === 0 ? '' : `seat ${names.join(', ')}`;
}
