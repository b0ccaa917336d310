/**
 * The text that was likely meant by a value at which a TOML parser has stopped, where that has no
 * quotes, or none of TOML's: `win10` of `domains = [win10]`. Undefined for what is no such value.
 *
 * @param index of the character where it stopped, which may be in the middle of the value
 */
export function unquotedText(line: string, index: number): string | undefined {
  const start = line.slice(0, index).search(/[^\s,=[\]{}"'#]*$/);
  const follows = /=(.*[=,[])?\s*$/.test(line.slice(0, start));
  const [written = ''] = /^[^,[\]{}"'#]*/.exec(line.slice(start)) ?? [];
  const text = written.replaceAll(/[“”„‘’]/g, '').trim();
  // These are values of their own, and wrong for another reason.
  const isOther = /^(true|false|[+-]?[1-9]\d*)?$/i.test(text);
  return follows && !isOther ? text : undefined;
}
