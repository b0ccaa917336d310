/** PCI addresses as the kernel writes them: domain, bus, slot and function, `0000:01:00.0`. */

const address = /^[\da-f]{4,}:[\da-f]{2}:[\da-f]{2}\.[0-7]$/;

export function isPciAddress(name: string): boolean {
  return address.test(name);
}

/** Those of the bridges and the device that a path in /sys/devices leads through, from the root down. */
export function pciAddressesIn(path: string): string[] {
  return path.split('/').filter(isPciAddress);
}

/** That of the device which a path in /sys/devices leads through last; null where it is not on PCI. */
export function pciAddressIn(path: string): string | null {
  return pciAddressesIn(path).at(-1) ?? null;
}

/** What the functions of one device share: `0000:01:00`. */
export function pciSlotOf(device: string): string {
  return device.slice(0, device.lastIndexOf('.'));
}

/** What devices on one bus share: `0000:01`. */
export function pciBusOf(device: string): string {
  return device.slice(0, device.lastIndexOf(':'));
}

/** The first one in a line of text; null where there is none. */
export function mentionedPciAddress(text: string): string | null {
  return /[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7]/i.exec(text)?.[0] ?? null;
}
