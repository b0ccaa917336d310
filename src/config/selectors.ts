import { z } from 'zod';
import { table, textOf } from './fields.ts';
import { choiceOf } from './finding.ts';
import { type UsbClass, usbClassNames } from './usb-classes.ts';

/** Names an input device of this machine. */
export type InputSelector =
  /** The name of a link in /dev/input/by-id. */
  | { id: string }
  | { vendor: string; product: string }
  | { serial: string }
  | { port: string }
  /** The device's own name, where `*` stands for any characters. */
  | { name: string };

/** Names USB devices of this machine: one, or on purpose several, of which hubs are none. */
export type UsbSelector = OneUsbSelector | SeveralUsbSelector;

/** Vendor and product are four lower-case hexadecimal digits. */
export type OneUsbSelector =
  | { vendor: string; product: string }
  | { serial: string }
  | { vendor: string; product: string; serial: string }
  /** Bus and ports from the root hub on, as in /sys/bus/usb/devices: `1-2.3`. */
  | { port: string };

export type SeveralUsbSelector =
  /** Devices of which any interface is of this class. */
  | { class: UsbClass }
  /** What is plugged in below the hub on this port, at any depth. */
  | { hub: string }
  /** What is on this controller, by its PCI address in lower case: `0000:03:00.0`. */
  | { controller: string };

const hexId = textOf(
  /^[0-9a-f]{4}$/i,
  'four hexadecimal digits in quotes, such as "046d"',
).toLowerCase();

const port = textOf(/^[1-9]\d*-[1-9]\d*(\.[1-9]\d*)*$/, 'a USB port such as "1-2.3"');

const deviceKeys = {
  vendor: hexId,
  product: hexId,
  serial: textOf(/^\P{Cc}+$/u, 'a serial number in quotes, as `lsusb -v` shows it'),
  port,
};

const usbKeys = {
  ...deviceKeys,
  class: z.enum(usbClassNames, choiceOf(usbClassNames)),
  hub: port,
  controller: textOf(
    /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i,
    'the PCI address of a USB controller, such as "0000:03:00.0"',
  ).toLowerCase(),
};

const inputKeys = {
  id: textOf(/^[^/\p{Cc}]+$/u, 'a name out of /dev/input/by-id, without the folder'),
  ...deviceKeys,
  name: textOf(/^\P{Cc}+$/u, 'a device name or a pattern such as "Logitech*"'),
};

const inputForms = '{ id }, { vendor, product }, { serial }, { port } or { name }';
const usbForms =
  '{ vendor, product }, { serial }, { vendor, product, serial }, { port }, { class }, { hub } or { controller }';

export const inputSelector = table(inputForms, inputKeys)
  .partial()
  .pipe(
    z.custom<InputSelector>(
      hasKeys('id', 'vendor product', 'serial', 'port', 'name'),
      `one of ${inputForms}`,
    ),
  );

export const usbSelector = table(usbForms, usbKeys)
  .partial()
  .pipe(
    z.custom<UsbSelector>(
      hasKeys(
        'vendor product',
        'serial',
        'vendor product serial',
        'port',
        'class',
        'hub',
        'controller',
      ),
      `one of ${usbForms}`,
    ),
  );

/** A selector as it stands in the configuration: `{ vendor = "046d", product = "c52b" }`. */
export function selectorToml(selector: InputSelector | UsbSelector): string {
  // For texts without control characters TOML's strings are JSON's.
  const pairs = Object.entries(selector).map(([key, text]) => `${key} = ${JSON.stringify(text)}`);
  return `{ ${pairs.join(', ')} }`;
}

/** Whether a selector made of what a device says of itself can stand in a configuration. */
export function canBeWritten(selector: InputSelector | UsbSelector): boolean {
  return Object.values(selector).every((text) => /^\P{Cc}+$/u.test(text));
}

/** Whether a table's keys, which zod puts in the schema's order, are one of these combinations. */
function hasKeys(...combinations: string[]): (selector: unknown) => boolean {
  return (selector) =>
    selector instanceof Object && combinations.includes(Object.keys(selector).join(' '));
}
