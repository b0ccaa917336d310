import type { DeviceState } from '../protocol.ts';

/** Who has a device, or why nobody does. */
export function deviceText({ present, with: holder, problem }: DeviceState): string {
  if (problem !== null) return `has a problem: ${problem}`;
  return present ? `with ${holder ?? 'nobody'}` : 'not plugged in';
}
