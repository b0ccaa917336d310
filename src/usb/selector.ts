import {
  canBeWritten,
  type OneUsbSelector,
  selectorToml,
  type SeveralUsbSelector,
  type UsbSelector,
} from '../config/selectors.ts';
import { usbClasses } from '../config/usb-classes.ts';
import { HandglassError } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';

/** The ports of devices that stay with the host, of whatever class and on whatever hub they are. */
export type Staying = Pick<ReadonlySet<string>, 'has'>;

/**
 * The devices that a selector names: none that is not plugged in, and more than one only where the
 * selector is of those that name several on purpose.
 *
 * @param sources what the seats read, which one of several passes over
 * @throws HandglassError `device-ambiguous`, naming the candidates and a selector for each
 */
export function selectUsb(
  selector: UsbSelector,
  devices: readonly UsbDevice[],
  sources?: Staying,
): UsbDevice[] {
  const candidates = fittingUsb(selector, devices, sources);
  if (namesSeveral(selector) || candidates.length <= 1) return candidates;
  const choices = candidates.map(
    (device) => `${device.name} is ${selectorToml(shortestUsbSelector(device, devices))}`,
  );
  throw new HandglassError(
    'device-ambiguous',
    `${candidates.length} USB devices match ${usbSelectorText(selector)}.`,
    `Select one: ${choices.join(', ')}.`,
  );
}

/**
 * Every device that has what a selector says; more than one where it is ambiguous, too.
 *
 * @param sources as above; none where it is asked what is to come home
 */
export function fittingUsb(
  selector: UsbSelector,
  devices: readonly UsbDevice[],
  sources: Staying = new Set(),
): UsbDevice[] {
  if (!namesSeveral(selector)) return devices.filter((device) => hasAll(selector, device));
  return devices.filter(
    (device) => !device.isHub && !sources.has(device.port) && isAmong(selector, device),
  );
}

/** Whether a selector stands for all that it fits, however many these are. */
export function namesSeveral(selector: UsbSelector): selector is SeveralUsbSelector {
  return 'class' in selector || 'hub' in selector || 'controller' in selector;
}

/**
 * The shortest selector that names the device and nothing else, in the order serial, vendor and
 * product, all three, port: the first three follow it to another port.
 *
 * @param all every device of the machine, this one among them
 */
export function shortestUsbSelector(
  { vendor, product, serial, port }: UsbDevice,
  all: readonly UsbDevice[],
): OneUsbSelector {
  const selectors: OneUsbSelector[] = [
    ...(serial === null ? [] : [{ serial }]),
    { vendor, product },
    ...(serial === null ? [] : [{ vendor, product, serial }]),
  ];
  const exact = selectors.find(
    (selector) => canBeWritten(selector) && fittingUsb(selector, all).length === 1,
  );
  return exact ?? { port };
}

/** A selector as people write it: `1532:0037`, a serial number, a port, or `class audio`. */
export function usbSelectorText(selector: UsbSelector): string {
  if (namesSeveral(selector)) return Object.entries(selector).flat().join(' ');
  const { vendor, product, ...rest } = selector as Record<string, string>;
  const ids = vendor === undefined ? [] : [`${vendor}:${product}`];
  return [...ids, ...Object.values(rest)].join(' ');
}

/** A device as people tell it from others of its name. */
export function usbDeviceText({ name, port }: UsbDevice): string {
  return `${name} (port ${port})`;
}

function isAmong(selector: SeveralUsbSelector, device: UsbDevice): boolean {
  if ('class' in selector) return device.classes.includes(usbClasses[selector.class]);
  if ('hub' in selector) return device.port.startsWith(`${selector.hub}.`);
  return device.controller === selector.controller;
}

function hasAll(selector: OneUsbSelector, device: UsbDevice): boolean {
  const wanted = Object.entries(selector) as ['vendor' | 'product' | 'serial' | 'port', string][];
  return wanted.every(([key, value]) => device[key] === value);
}
