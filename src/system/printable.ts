/** A device's own words, fit for a terminal: a USB device can call itself anything. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
