/** What was done, and how to go on, where the virtual host does not stay. */
export function lastLine(steps: number): string {
  return `All ${steps} steps were proven. Next: \`npm start\` leaves the virtual host up to try more in it, and README.md, "On a real machine", leads to your own.\n`;
}
