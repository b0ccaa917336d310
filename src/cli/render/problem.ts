/** What is wrong on one line, and what to do about it on the next. */
export function problemLines(label: string, what: string, remedy: string): string[] {
  const indent = ' '.repeat(label.length + 2);
  const lines = what
    .split('\n')
    .map((line, index) => (index === 0 ? `${label}: ${line}` : indent + line));
  return remedy === '' ? lines : [...lines, indent + remedy];
}
