/** What is wrong, on one line or several, and below it what to do about it. */
export function problemLines(label: string, what: string, remedy = ''): string[] {
  const [first = '', ...more] = what.split('\n');
  const below = remedy === '' ? more : [...more, remedy];
  return [`${label}: ${first}`, ...below.map((line) => lineBelow(label, line))];
}

/** A line that begins where the text behind the label does. */
export function lineBelow(label: string, line: string): string {
  return ' '.repeat(label.length + 2) + line;
}
