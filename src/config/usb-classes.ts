/**
 * Names of USB classes that a configuration may use, and their codes in two lower-case hexadecimal
 * digits, after https://www.usb.org/defined-class-codes. Hubs have one as well; they are never
 * handed over.
 */
export const usbClasses = {
  audio: '01',
  comm: '02',
  hid: '03',
  imaging: '06',
  printer: '07',
  storage: '08',
  smartcard: '0b',
  video: '0e',
  wireless: 'e0',
} as const;

export type UsbClass = keyof typeof usbClasses;

export const usbClassNames = Object.keys(usbClasses) as UsbClass[];
