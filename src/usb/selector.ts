import type { UsbSelector } from '../config/selectors.ts';
import { HandglassError } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';

/**
 * The one device that a selector names, or null where it is not plugged in.
 *
 * @throws HandglassError `device-ambiguous`, naming the candidates and a selector for each
 */
export function selectUsb(selector: UsbSelector, devices: readonly UsbDevice[]): UsbDevice | null {
  const candidates = fittingUsb(selector, devices);
  const [device, ...others] = candidates;
  if (others.length === 0) return device ?? null;
  const serials = candidates.map(({ serial }) => serial);
  const choices = candidates.map((candidate) => {
    const { name, port, serial } = candidate;
    const unique = serial !== null && serials.indexOf(serial) === serials.lastIndexOf(serial);
    return `${name} is ${unique ? `{ serial = "${serial}" }` : `{ port = "${port}" }`}`;
  });
  throw new HandglassError(
    'device-ambiguous',
    `${candidates.length} USB devices match ${usbSelectorText(selector)}.`,
    `Select one: ${choices.join(', ')}.`,
  );
}

/** Every device that has what a selector says; more than one where it is ambiguous. */
export function fittingUsb(selector: UsbSelector, devices: readonly UsbDevice[]): UsbDevice[] {
  const wanted = Object.entries(selector) as ['vendor' | 'product' | 'serial' | 'port', string][];
  return devices.filter((device) => wanted.every(([key, value]) => device[key] === value));
}

/** A selector as people write it: `1532:0037`, a serial number, or a port. */
export function usbSelectorText(selector: UsbSelector): string {
  const { vendor, product, ...rest } = selector as Record<string, string>;
  const ids = vendor === undefined ? [] : [`${vendor}:${product}`];
  return [...ids, ...Object.values(rest)].join(' ');
}
