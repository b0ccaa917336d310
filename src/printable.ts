/** Words of others, fit for a terminal: a USB device can call itself anything, a guest's agent say it. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
