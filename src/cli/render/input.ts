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

function deviceCells({ name, kind, selector, seat }: SurveyedInput): string[] {
  return [
    name,
    kind,
    selector === null ? '' : selectorToml(selector),
    seat === null ? '' : `seat ${seat}`,
  ];
}
