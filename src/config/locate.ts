import { parse } from 'smol-toml';

/** Where a value lies in a document: names of keys, and numbers of array elements from 0. */
export type Path = readonly (string | number)[];

/** Offsets in the source text. */
export interface Place {
  /** The key as written; for an element of an array, the element. */
  key: number;
  /** The value; for a table with a header, the bracket that opens the header. */
  value: number;
}

/** A path as a person writes it: `seat[0].usb[1].vendor`. Different paths have different texts. */
export function dottedPath(path: Path): string {
  return path.reduce<string>(
    (parent, part) => (typeof part === 'number' ? element(parent, part) : child(parent, part)),
    '',
  );
}

/**
 * Finds every key and value of a TOML document, by dotted path. The text has been parsed by
 * smol-toml, which judges it but does not say where things are; here it is only walked through.
 *
 * Invariant: `at` is the offset of the first character that has not been read.
 */
export function locate(text: string): Map<string, Place> {
  const places = new Map<string, Place>();
  /** How many elements each array of tables has so far, by its path. */
  const arrays = new Map<string, number>();
  let at = 0;

  let table = '';
  for (skip(blank); at < text.length; skip(blank)) {
    if (text[at] === '[') table = header();
    else pair(table);
  }
  return places;

  /** Reads `[table]` or `[[array of tables]]`, and returns the path that the next lines belong to. */
  function header(): string {
    const value = at;
    const isArray = take(/\[\[?/y) === '[[';
    let path = '';
    for (const { name, key, last } of dottedKey()) {
      path = child(path, name);
      if (!places.has(path)) places.set(path, { key, value });
      if (last && isArray) arrays.set(path, (arrays.get(path) ?? 0) + 1);
      const count = arrays.get(path);
      if (count !== undefined) path = element(path, count - 1);
      if (last) places.set(path, { key, value });
    }
    take(/\]\]?/y);
    return path;
  }

  /** Reads `key = value` in the table of that path. */
  function pair(parent: string): void {
    let path = parent;
    for (const { name, key, last } of dottedKey()) {
      path = child(path, name);
      if (!last) {
        if (!places.has(path)) places.set(path, { key, value: key });
        continue;
      }
      take(/=/y);
      skip(blank);
      places.set(path, { key, value: at });
    }
    value(path);
  }

  function value(path: string): void {
    if (text[at] === '[') list(path);
    else if (text[at] === '{') inlineTable(path);
    else take(scalar);
  }

  function list(path: string): void {
    take(/\[/y);
    skip(blank);
    for (let index = 0; text[at] !== ']'; index += 1) {
      const item = element(path, index);
      places.set(item, { key: at, value: at });
      value(item);
      skip(separator);
    }
    take(/\]/y);
  }

  function inlineTable(path: string): void {
    take(/\{/y);
    skip(blank);
    while (text[at] !== '}') {
      pair(path);
      skip(separator);
    }
    take(/\}/y);
  }

  function dottedKey(): { name: string; key: number; last: boolean }[] {
    const parts = [];
    let last = false;
    while (!last) {
      skip(blank);
      const key = at;
      const name = keyName(take(keyText));
      skip(blank);
      last = skip(/\./y) === '';
      parts.push({ name, key, last });
    }
    return parts;
  }

  /** Reads what must be here. */
  function take(token: RegExp): string {
    const found = skip(token);
    if (found === '') throw new Error(`No ${token.source} at offset ${at} of the TOML text`);
    return found;
  }

  /** Reads what may be here. */
  function skip(token: RegExp): string {
    token.lastIndex = at;
    const found = token.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  }
}

const blank = /(?:\s|#[^\n]*)*/y;
const separator = /(?:\s|#[^\n]*)*,?(?:\s|#[^\n]*)*/y;
const keyText = /[\w-]+|"(?:\\.|[^"\\])*"|'[^']*'/y;

/** A string of one of TOML's four kinds, or a number, truth value or date (with one space at most). */
const scalar = new RegExp(
  [
    /"""(?:\\[^]|(?!""")[^\\])*"{3,5}/,
    /'''(?:(?!''')[^])*'{3,5}/,
    /"(?:\\.|[^"\\])*"/,
    /'[^']*'/,
    /[^\s,\]}#]+(?: \d[^\s,\]}#]*)?/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

function keyName(source: string): string {
  if (!/^["']/.test(source)) return source;
  return Object.keys(parse(`${source} = 0`))[0] ?? '';
}

function child(parent: string, name: string): string {
  const written = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  return parent === '' ? written : `${parent}.${written}`;
}

function element(parent: string, index: number): string {
  return `${parent}[${index}]`;
}
