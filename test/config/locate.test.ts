import * as fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { dottedPath, locate, type Path } from '../../src/config/locate.ts';

/** Key and value, as the text that begins where each was located. */
interface Located {
  reason: string;
  text: string;
  places: Record<string, [key: string, value: string]>;
}

const documents: Located[] = [
  {
    reason: 'a key of a table',
    text: '[server]\nport = 1 # one',
    places: { server: ['server]', '[server]'], 'server.port': ['port = 1', '1 # one'] },
  },
  {
    reason: 'keys with dots, and the tables that they imply',
    text: 'a . b.c = 1\na.d=2',
    places: {
      a: ['a . b.c', 'a . b.c'],
      'a.b': ['b.c', 'b.c'],
      'a.b.c': ['c = 1', '1\n'],
      'a.d': ['d=2', '2'],
    },
  },
  {
    reason: 'tables within arrays of tables',
    text: '[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 2\n[[a.e]]\nf = 3\n[[a.e]]\nf = 4',
    places: {
      a: ['a]]\nb', '[[a]]\nb'],
      'a[0].b': ['b = 1', '1'],
      'a[1]': ['a]]\n[a', '[[a]]\n[a.c]'],
      'a[1].c.d': ['d = 2', '2'],
      'a[1].e[1]': ['e]]\nf = 4', '[[a.e]]\nf = 4'],
      'a[1].e[1].f': ['f = 4', '4'],
    },
  },
  {
    reason: 'a table written after the tables in it',
    text: '[a.b]\nc = 1\n[a]\nd = 2',
    places: { a: ['a]\nd', '[a]\nd'], 'a.b': ['b]', '[a.b]'], 'a.d': ['d = 2', '2'] },
  },
  {
    reason: 'lists over several lines with comments and a comma at the end',
    text: 'a = [\n  1, # ] "\n  [ 2 , 3 ],\n  { b = [4] },\n]\nc = 5',
    places: {
      'a[0]': ['1,', '1,'],
      'a[1][1]': ['3 ]', '3 ]'],
      'a[2]': ['{ b', '{ b'],
      'a[2].b[0]': ['4]', '4]'],
      c: ['c = 5', '5'],
    },
  },
  {
    reason: 'inline tables with dotted keys',
    text: 'a = { b.c = "}", d = {} , e=[] }\nf = 1',
    places: {
      'a.b.c': ['c = "}"', '"}"'],
      'a.d': ['d = {}', '{} ,'],
      'a.e': ['e=[]', '[] }'],
      f: ['f = 1', '1'],
    },
  },
  {
    reason: 'quoted keys',
    text: '"a.b" = 1\n\'c"\'."\\u00e9" = 2\n["d]"]\n"" = 3',
    places: {
      '"a.b"': ['"a.b"', '1'],
      '"c\\""."é"': ['"\\u00e9"', '2'],
      '"d]".""': ['""', '3'],
    },
  },
  {
    reason: 'strings that look like other things',
    text: 'a = "\\"#"\nb = \'\\\'\nc = "[x]\\\\"\nd = ""\ne = 1',
    places: {
      a: ['a =', '"\\"#"'],
      b: ["b = '", "'\\'"],
      c: ['c =', '"[x]'],
      d: ['d =', '""\n'],
      e: ['e = 1', '1'],
    },
  },
  {
    reason: 'strings over several lines',
    text: 'a = """\n[b]\nc = 1 \\""" ""\n"""""\nd = \'\'\'\ne\'\' = 2\n\'\'\'\'\'\nf = """"""\ng = 3',
    places: {
      a: ['a = ', '"""\n[b]'],
      d: ['d = ', "'''\ne"],
      f: ['f = ', '""""""\n'],
      g: ['g = 3', '3'],
    },
  },
  {
    reason: 'dates with a space, and numbers of every kind',
    text: 'a = [1979-05-27 07:32:00, 1979-05-27 , 07:32:00.5]\nb = [-inf, +1e-3, 0xFF_0, true ]\nc = 1',
    places: {
      'a[1]': ['1979-05-27 ,', '1979-05-27 ,'],
      'a[2]': ['07:32:00.5]', '07:32:00.5]'],
      'b[1]': ['+1e-3', '+1e-3'],
      'b[3]': ['true ]', 'true ]'],
      c: ['c = 1', '1'],
    },
  },
  {
    reason: 'lines that end as in Windows',
    text: '# one\r\n[a]\r\nb = [\r\n1,\r\n2]\r\nc = 3\r\n',
    places: { 'a.b[1]': ['2]', '2]'], 'a.c': ['c = 3', '3\r\n'] },
  },
];

test.each(documents)('Keys and values are located in $reason', ({ text, places }) => {
  const located = locate(text);
  parse(text);
  for (const [path, [key, value]] of Object.entries(places)) {
    const place = located.get(path);
    expect(place && text.slice(place.key, place.key + key.length), path).toBe(key);
    expect(place && text.slice(place.value, place.value + value.length), path).toBe(value);
  }
});

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', "'", '\\', '#', '[', ']', '{', '}', '=', ',', '\n', 'é'),
  }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
);

const name = fc.oneof(fc.constantFrom('a', 'b-c', '1', 'seat'), fc.string({ unit: 'grapheme' }));

const { table } = fc.letrec<{ value: unknown; table: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    tie('table'),
    fc.array(tie('table'), { minLength: 1, maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  table: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
}));

test('Every value of every document is located, after its key', () => {
  fc.assert(
    fc.property(table, (document) => {
      const text = stringify(document);
      const places = locate(text);
      for (const [path, value] of leavesOf(parse(text))) {
        const place = places.get(dottedPath(path));
        expect(place, dottedPath(path)).toBeDefined();
        expect(text.slice(place?.value).startsWith(written(value))).toBe(true);
        const key = path.at(-1);
        if (typeof key === 'string') expect(keyIn(text.slice(place?.key))).toBe(key);
      }
    }),
  );
});

/** Everything in a document that is no table and no list, with its path. */
function leavesOf(value: unknown, path: Path = []): [Path, unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** A value as it stands in the text that smol-toml makes. */
function written(value: unknown): string {
  return stringify({ key: value }).slice('key = '.length).trimEnd();
}

/** The name of the key with which a text begins. */
function keyIn(text: string): string | undefined {
  const [source = ''] = /^[\w-]+|^"(?:\\.|[^"\\])*"|^'[^']*'/.exec(text) ?? [];
  return Object.keys(parse(`${source} = 0`))[0];
}
