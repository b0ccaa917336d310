/**
 * Stand-ins for what tells whose machine an archive is from: one for each original, the same wherever that
 * stands, of the same form, and never what stands there already.
 */
import type { Answers, Recorded } from './archive.ts';
import { isEveryday } from './everyday.ts';
import { isPublic, type Original, originalsIn } from './originals.ts';
import { type Form, formNames, named } from './stand-in-forms.ts';

export interface Anonymous {
  recorded: Recorded;
  /** How many originals have a stand-in. */
  count: number;
  /** Names that are words of other meaning too, so that they were replaced only where they stand for a person. */
  everyday: string[];
  /** The same for any other text. */
  standIn(text: string): string;
}

/** @param known what is known of the machine besides what was recorded */
export function withStandIns(recorded: Recorded, known: readonly Original[]): Anonymous {
  const everyday = isEveryday(recorded);
  const found = new Map([...originalsIn(recorded), ...known].map((each) => [each.text, each]));
  const originals = [...found.values()].filter(({ text }) => !isOfServices(text));
  const isWord = new Map(originals.map((each) => [each, everyday(each.text)]));
  const bare = originals.filter((each) => isWord.get(each) === false && isBare(each));
  const others = originals.filter((each) => !bare.includes(each));
  const given = givenStandIns(textsIn(recorded).join('\n').toLowerCase());
  const originalOf = finding(originals);

  const pattern = new RegExp(
    [
      // First, since a name may be a part of a password.
      named('secret'),
      ...others.flatMap(contextsOf),
      ...literalsOf(bare),
      ...formNames.filter((name) => name !== 'secret').map(named),
    ].join('|'),
    'giu',
  );
  const guids = publicGuids(recorded);
  const standIn = (text: string) =>
    text.replaceAll(pattern, (...match) => {
      const [whole = ''] = match as string[];
      const groups = match.at(-1) as Record<string, string | undefined>;
      const form = formNames.find((name) => groups[name] !== undefined);
      if (form === undefined) return given.literal(originalOf(whole));
      if (form === 'guid' && guids.has(whole.toLowerCase())) return whole;
      return given.form(form, whole);
    });

  const anonymous = replaced(recorded, standIn, given.address);
  return {
    recorded: anonymous,
    count: given.count(),
    everyday: others.filter((each) => isName(each) && isWord.get(each)).map(({ text }) => text),
    standIn,
  };
}

/** Short ones and small numbers could be anything: they are replaced where they can be nothing else. */
function isBare({ kind, text }: Original): boolean {
  if (kind !== 'serial') return text.length >= 2 && /\p{L}/u.test(text);
  return text.length >= (/^\d+$/.test(text) ? 8 : 5) && /\d/.test(text);
}

function isName({ kind }: Original): boolean {
  return kind === 'user' || kind === 'host';
}

/** By how it stands in a text, where the same name may have capitals. */
function finding(originals: readonly Original[]): (found: string) => Original {
  const ways = originals.flatMap((each) =>
    writingsOf(each).map((way): [string, Original] => [way, each]),
  );
  const exact = new Map(ways);
  const alike = new Map(ways.map(([way, each]) => [way.toLowerCase(), each]));
  return (found) =>
    exact.get(found) ?? alike.get(found.toLowerCase()) ?? { kind: 'serial', text: found };
}

/** Those that come with packages, and that checks ask for by name. */
function isOfServices(name: string): boolean {
  return /^(root|nobody|nogroup|users|wheel|sudo|adm|disk|kvm|input|video|render|audio|qemu|libvirt|libvirt-qemu|handglass|lost\+found)$/.test(
    name,
  );
}

/** Text that is no part of a longer word, a character before it perhaps escaped (`\040`, `\x2d`). */
function literalsOf(originals: readonly Original[]): string[] {
  const texts = originals.flatMap(writingsOf);
  const longestFirst = [...new Set(texts)].toSorted((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return [];
  return [
    `(?:(?<![\\p{L}\\p{N}])|(?<=\\\\(?:x[\\da-f]{2}|[0-7]{3})))(?:${longestFirst.map(escaped).join('|')})(?![\\p{L}\\p{N}])`,
  ];
}

/** As it is, and as udev writes a serial number, and LVM and systemd a name with a hyphen. */
function writingsOf({ kind, text }: Original): string[] {
  if (kind === 'serial') return [text, encoded(text)];
  return [text, text.replaceAll('-', '--'), text.replaceAll('-', String.raw`\x2d`)];
}

/** As udev writes it into names of links. */
function encoded(serial: string): string {
  return serial.replaceAll(/\s+/g, '_').replaceAll(/[^\w#+\-.:=@]/g, '_');
}

/** Where a word can be nothing but what it was found to be. */
function contextsOf({ kind, text }: Original): string[] {
  const between = (before: string, after: string, word = escaped(text)) =>
    `${word}(?<=${before}${word})${after}`;
  if (kind === 'user') {
    return [
      between('/(?:home|media)/', '(?![\\p{L}\\p{N}])'),
      between('\\d\\(', '(?=\\))'),
      between(',username=', '(?=[,\\s])'),
      between(' fuse\\.sshfs ', '(?=@)'),
      between(`\\bowner\\s*=\\s*["']`, `(?=["'])`),
      between('^\\["(?:id|getent)",.*"', '(?="\\]$)'),
      between('(?<![^\\n])', '(?=:[^:\\n]*:\\d+:)'),
    ];
  }
  if (kind === 'host') return [between(',domain=', '(?=[,\\s])')];
  if (kind !== 'serial') return [];
  return [
    between('<serial>', '(?=<)'),
    between(`\\bserial\\s*=\\s*["']`, `(?=["'])`),
    between('SERIAL_SHORT=', '(?!\\S)'),
    between(
      '\\busb-[\\w.:+\\-]*_',
      '(?=-(?:event|if\\d|mouse|video|joystick|part\\d))',
      escaped(encoded(text)),
    ),
    // The whole of a file that holds nothing else.
    between('^\\x00serial\\x00', '(?=\\s*$)'),
  ];
}

/** Stand-ins by the originals, made when they are first asked for. */
function givenStandIns(text: string) {
  // Numbers are compared without what stands between their digits.
  const taken = `${text}\n${text.replaceAll(/[:-]/g, '')}`;
  const all = new Map<string, string>();
  const used = new Set<string>();
  function next(original: string, make: (number: number) => string | null): string {
    const before = all.get(original);
    if (before !== undefined) return before;
    for (let number = 1; ; number += 1) {
      const made = make(number) ?? `other${number}`;
      const key = made.toLowerCase();
      if (used.has(key) || taken.includes(key)) continue;
      used.add(key);
      all.set(original, made);
      return made;
    }
  }
  const literal = ({ kind, text }: Original) =>
    next(`${kind} ${text}`, (number) =>
      kind === 'serial' ? shaped(encoded(text), number) : `${kind}${number}`,
    );
  const address = (text: string) =>
    next(`four ${text}`, (number) => `198.18.${Math.trunc(number / 254)}.${(number % 254) + 1}`);
  return {
    literal,
    address,
    form(form: Form, text: string): string {
      if (form === 'secret') return next(`secret ${text}`, (number) => `secret${number}`);
      if (form === 'four') return address(text);
      if (form === 'six')
        return next(`six ${text.toLowerCase()}`, (number) => `2001:db8::${number.toString(16)}`);
      if (form === 'volume') return next(`volume ${text}`, (number) => shaped(text, number));
      // One number may be written with and without what stands between its digits.
      const digits = text.replaceAll(/\\x2d|[:-]/gi, '').toLowerCase();
      const stand = next(`${digits.length} ${digits}`, (number) => numbered(digits.length, number));
      const hasCapitals = /[A-F]/.test(text) && !/[a-f]/.test(text);
      let at = 0;
      return text.replaceAll(/\\x2d|[\da-f]/gi, (digit) => {
        if (digit.length > 1) return digit;
        const put = stand[at] ?? '0';
        at += 1;
        return hasCapitals ? put.toUpperCase() : put;
      });
    },
    count: () => all.size,
  };
}

/** Hexadecimal digits; of a MAC address those that nobody has been given. */
function numbered(length: number, number: number): string {
  return `02${number.toString(16).padStart(length - 2, '0')}`;
}

/** The number in the original's letters and digits, from its end on; null where it has not enough of them. */
function shaped(original: string, number: number): string | null {
  const isHex = /^[\da-f-]*$/i.test(original);
  let rest = number;
  const characters = Array.from(original)
    .toReversed()
    .map((character) => {
      const isDigit = /\d/.test(character);
      if (!isDigit && !/[a-z]/i.test(character))
        return /[\w\-.:+]/.test(character) ? character : '_';
      const base = isDigit ? 10 : isHex ? 6 : 26;
      const digit = rest % base;
      rest = Math.trunc(rest / base);
      if (isDigit) return `${digit}`;
      const letter = String.fromCodePoint(97 + digit);
      return character === character.toLowerCase() ? letter : letter.toUpperCase();
    });
  return rest > 0 ? null : characters.toReversed().join('');
}

/** Every text and every key, but for what comes with the distribution. */
function replaced(
  recorded: Recorded,
  standIn: (text: string) => string,
  address: (text: string) => string,
): Recorded {
  const each = <T>(answers: Answers<T>, fit: (is: T, key: string) => T): Answers<T> =>
    Object.fromEntries(
      Object.entries(answers).map(([key, answer]) => [
        standIn(key),
        'is' in answer
          ? { is: fit(answer.is, key) }
          : { failed: { ...answer.failed, message: standIn(answer.failed.message) } },
      ]),
    );
  const marked = (text: string, path: string) =>
    path.endsWith('/serial')
      ? standIn(`\0serial\0${text}`).slice('\0serial\0'.length)
      : standIn(text);
  return {
    texts: each(recorded.texts, (text, path) => {
      if (isPublic(path)) return text;
      if (path.endsWith('/net/route')) return routes(standIn(text), address);
      return marked(text, path);
    }),
    folders: each(recorded.folders, (names) => names.map(standIn).toSorted()),
    links: each(recorded.links, standIn),
    realPaths: each(recorded.realPaths, standIn),
    facts: each(recorded.facts, (facts) => facts),
    contents: each(recorded.contents, (content) => content),
    programs: each(recorded.programs, (result) => ({
      ...result,
      stdout: standIn(result.stdout),
      stderr: standIn(result.stderr),
    })),
    libvirts: each(recorded.libvirts, (is) => is),
    virsh: each(recorded.virsh, standIn),
  };
}

/** Addresses in the kernel's table of routes, whose bytes stand the other way round: `0101A8C0`. */
function routes(text: string, address: (text: string) => string): string {
  return text.replaceAll(/^(\S+\t)([\dA-F]{8})\t([\dA-F]{8})(?=\t)/gm, (_, name, to, through) =>
    [`${name}${turned(String(to), address)}`, turned(String(through), address)].join('\t'),
  );
}

function turned(digits: string, address: (text: string) => string): string {
  if (/^0*$/.test(digits)) return digits;
  const bytes = digits.match(/../g)?.toReversed() ?? [];
  const stand = address(bytes.map((byte) => Number.parseInt(byte, 16)).join('.'));
  const back = stand.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return back.toReversed().join('').toUpperCase();
}

/** Names of the firmware's variables have the vendor's in them, which is the same everywhere. */
function publicGuids({ texts }: Recorded): Set<string> {
  const names = Object.keys(texts).filter((path) => path.startsWith('/sys/firmware/efi/efivars/'));
  return new Set(names.map((name) => name.slice(-36).toLowerCase()));
}

function textsIn(recorded: Recorded): string[] {
  const { texts, ...rest } = recorded;
  const own = Object.entries(texts).filter(([path]) => !isPublic(path));
  return [JSON.stringify(own), JSON.stringify(rest)];
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
