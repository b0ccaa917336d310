/** Patterns of what gives a machine away by its form alone: addresses, UUIDs, passwords among settings. */

/** How QEMU, libvirt and fstab write them: in quotes, or up to a comma, which is doubled within them. */
const secrets = [
  `(?<=\\bsecret[,"'\\0][^\\n]{0,300}?\\bdata(?:=|"\\s*:\\s*"))(?:,,|[^,"'\\n\\0])+`,
  ...['"', "'"].map(
    (quote) => `(?<=pass(?:word|wd)(?: *=|" *:) *${quote})(?:\\\\.|[^${quote}\\\\\\n\\0])+`,
  ),
  `(?<=<qemu:arg value='[^'\\n]*pass(?:word|wd)=)(?!o(?:n|ff)[,'])(?:,,|[^,'\\n])+`,
  `(?<=pass(?:word|wd) *= *)(?!o(?:n|ff)(?:[,"'\\s\\0]|$))(?:,,|[^,"'\\s\\0])+`,
];

const hex = '[\\da-f]';
/** What its form alone gives away, or how it stands among settings. */
const forms = {
  secret: secrets.join('|'),
  guid: `(?<!${hex})${hex}{8}(?:(?:-|\\\\x2d)${hex}{4}){3}(?:-|\\\\x2d)${hex}{12}(?!${hex})|(?<!${hex})${hex}{8}(?::${hex}{8}){3}(?!${hex})|(?<![\\da-z])(?!0{31})${hex}{32}(?![\\da-z])`,
  volume: `(?<![\\da-z])[\\da-z]{6}(?:-[\\da-z]{4}){5}-[\\da-z]{6}(?![\\da-z])`,
  mac: `(?<![\\da-z:])(?!(?:00[:-])+00(?![\\da-f:-]))(?!(?:ff[:-])+ff(?![\\da-f:-]))${hex}{2}(?:(?<between>[:-])${hex}{2})(?:\\k<between>${hex}{2}){4,}(?![\\da-z:])|(?<=(?<![\\da-z])(?:enx|wlx|wwx))${hex}{12}(?![\\da-z])`,
  wide: `(?<=(?:naa\\.|eui\\.|wwn-0x))${hex}{16,}(?!${hex})`,
  four: `(?<![\\w.]|version )(?!127\\.|0\\.0\\.0\\.0|255\\.)(?:\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])(?:\\.(?:\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])){3}(?![\\w]|\\.\\d|-[a-z])`,
  six: `(?<![\\w:.])(?=[\\da-f:]*(?:::|(?::[\\da-f]+){7}))(?:[\\da-f]{1,4}:){1,7}(?::|[\\da-f]{1,4})(?:[\\da-f:]*[\\da-f])?(?![\\w:]|\\.\\d)`,
} as const;
export type Form = keyof typeof forms;

export const formNames = Object.keys(forms) as Form[];

/** The form as a named group. */
export function named(form: Form): string {
  return `(?<${form}>${forms[form]})`;
}
