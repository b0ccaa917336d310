/** Date and time where the reader is. Sweden writes both as ISO 8601 does. */
export function localTime(time: Date): string {
  return time.toLocaleString('sv-SE');
}
