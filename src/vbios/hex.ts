/** As PCI ids are written: `10de`. */
export function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
