import { z } from 'zod';
import { table, textOf } from './fields.ts';

/** Names an input device of this machine. */
export type InputSelector =
  /** The name of a link in /dev/input/by-id. */
  | { id: string }
  | { vendor: string; product: string }
  | { serial: string }
  | { port: string }
  /** The device's own name, where `*` stands for any characters. */
  | { name: string };

/** Names a USB device of this machine. Vendor and product are four lower-case hexadecimal digits. */
export type UsbSelector =
  | { vendor: string; product: string }
  | { serial: string }
  | { vendor: string; product: string; serial: string }
  /** Bus and ports from the root hub on, as in /sys/bus/usb/devices: `1-2.3`. */
  | { port: string };

const hexId = textOf(
  /^[0-9a-f]{4}$/i,
  'four hexadecimal digits in quotes, such as "046d"',
).toLowerCase();

const usbKeys = {
  vendor: hexId,
  product: hexId,
  serial: textOf(/^\P{Cc}+$/u, 'a serial number in quotes, as `lsusb -v` shows it'),
  port: textOf(/^[1-9]\d*-[1-9]\d*(\.[1-9]\d*)*$/, 'a USB port such as "1-2.3"'),
};

const inputKeys = {
  id: textOf(/^[^/\p{Cc}]+$/u, 'a name out of /dev/input/by-id, without the folder'),
  ...usbKeys,
  name: textOf(/^\P{Cc}+$/u, 'a device name or a pattern such as "Logitech*"'),
};

const inputForms = '{ id }, { vendor, product }, { serial }, { port } or { name }';
const usbForms = '{ vendor, product }, { serial }, { vendor, product, serial } or { port }';

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
      hasKeys('vendor product', 'serial', 'vendor product serial', 'port'),
      `one of ${usbForms}`,
    ),
  );

/** Whether a table's keys, which zod puts in the schema's order, are one of these combinations. */
function hasKeys(...combinations: string[]): (selector: unknown) => boolean {
  return (selector) =>
    selector instanceof Object && combinations.includes(Object.keys(selector).join(' '));
}
