import type { InputSelector } from '../config/selectors.ts';
import type { InputDevice } from '../system/input.ts';
import { mayBeTaken } from './taking.ts';

/**
 * Every node that a selector names, those aside that must stay with the host: a keyboard with
 * several nodes is all of them but its power button.
 */
export function selectInput(
  selector: InputSelector,
  devices: readonly InputDevice[],
): InputDevice[] {
  return devices.filter((device) => selects(selector, device) && mayBeTaken(device));
}

function selects(selector: InputSelector, device: InputDevice): boolean {
  if ('id' in selector) return device.ids.includes(selector.id);
  if ('vendor' in selector) {
    return device.vendor === selector.vendor && device.product === selector.product;
  }
  if ('serial' in selector) return device.serial === selector.serial;
  if ('port' in selector) return device.port === selector.port;
  return pattern(selector.name).test(device.name);
}

/** `*` stands for any characters. */
function pattern(name: string): RegExp {
  return new RegExp(`^${name.split('*').map(escaped).join('.*')}$`, 'u');
}

function escaped(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}

/** A selector as people write it: `046d:c52b`, or its only value. */
export function inputSelectorText(selector: InputSelector): string {
  return 'vendor' in selector
    ? `${selector.vendor}:${selector.product}`
    : Object.values(selector).join(' ');
}
