import { expect, test } from 'vitest';
import { problemsOf, type Refused } from './problems-of.ts';

const refused: Refused[] = [
  {
    reason: 'a value without quotes',
    text: 'a = win10',
    problems: ['1:5 Invalid TOML document: invalid value; expected a text in quotes: "win10"'],
  },
  {
    reason: 'a table header that is not closed',
    text: '[seat\nname = "desk"',
    problems: [
      '1:6 Invalid TOML document: illegal character in key; expected TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes',
    ],
  },
  {
    reason: 'a key given twice',
    text: '[libvirt]\nuri = "qemu:///system"\nuri = "qemu:///session"',
    problems: [
      '3:1 Invalid TOML document: trying to redefine an already defined table or value; expected TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes',
    ],
  },
  {
    reason: 'text after a value, behind characters outside the basic plane',
    text: '"😀" = "😀" x',
    problems: [
      '1:11 Invalid TOML document: each key-value declaration must be followed by an end-of-line; expected TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes',
    ],
  },
  {
    reason: 'a whole number too large for any use',
    text: '[server]\nlisten = 99999999999999999999',
    problems: [
      '2:10 Invalid TOML document: integer value cannot be represented losslessly; expected TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes',
    ],
  },
  {
    reason: 'bytes that are not UTF-8',
    text: '# caf\uFFFD\n',
    problems: ['1:6 these bytes are not UTF-8; expected a text file saved as UTF-8'],
  },
  {
    reason: 'an unknown table',
    text: '[sever]\nlisten = []',
    problems: [
      '1:2 sever is unknown; expected looking-glass, seat, chords, chord, on-give, qemu, libvirt, server or panel',
    ],
  },
  {
    reason: 'an unknown key beside the tables',
    text: '# first\nseats = 1',
    problems: [
      '2:1 seats is unknown; expected looking-glass, seat, chords, chord, on-give, qemu, libvirt, server or panel',
    ],
  },
  {
    reason: 'an unknown key in a table',
    text: '[libvirt]\nurl = "qemu:///system"',
    problems: ['2:1 libvirt.url is unknown; expected uri'],
  },
  {
    reason: 'an unknown key that needs quotes',
    text: '[libvirt]\n"my uri" = 1',
    problems: ['2:1 libvirt."my uri" is unknown; expected uri'],
  },
  {
    reason: 'an unknown key behind a tab and a wide character, Windows line ends',
    text: '[libvirt]\r\nuri = "qemu:///é"\r\n\t"ů😀".x = 1',
    problems: ['3:2 libvirt."ů😀" is unknown; expected uri'],
  },
  {
    reason: 'an unknown key in an inline table',
    text: 'server = { listen = [], port = 18503 }',
    problems: ['1:25 server.port is unknown; expected listen, check-address or limits'],
  },
  {
    reason: 'a single table where several are possible, and for nothing that names it',
    text: '[seat]\nname = "desk"\ndomains = ["win10"]\n[[chord]]\nkeys = "leftmeta+f1"\nseat = "desk"\nto = "win10"',
    problems: [
      '1:1 seat cannot be { name, domains }; expected [[seat]] in double brackets, even where there is only one',
    ],
  },
  {
    reason: 'a single table before several',
    text: '# mine\n [seat]\nname = "desk"\n\n[[seat]]\nname = "couch"',
    problems: [
      '2:2 seat cannot be a single table; expected [[seat]] in double brackets, even where there is only one',
    ],
  },
  {
    reason: 'a single table after several, with Windows line ends',
    text: '[[on-give]]\r\nseat = "desk"\r\n[on-give] # host\r\nseat = "desk"',
    problems: [
      '3:1 on-give cannot be a single table; expected [[on-give]] in double brackets, even where there is only one',
    ],
  },
  {
    reason: 'two single tables of one name where several are possible',
    text: '[chord]\nkeys = "leftmeta+f1"\n[chord]\nkeys = "leftmeta+f2"',
    problems: [
      '1:1 chord cannot be a single table; expected [[chord]] in double brackets, even where there is only one',
    ],
  },
  {
    reason: 'two tables of one name where one is possible',
    text: '[libvirt]\n[libvirt]',
    problems: [
      '2:2 Invalid TOML document: trying to redefine an already defined table or value; expected TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes',
    ],
  },
  {
    reason: 'text after a header in double brackets',
    text: '[[seat]] desk',
    problems: [
      '1:10 Invalid TOML document: each key-value declaration must be followed by an end-of-line; expected TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes',
    ],
  },
  {
    reason: 'several tables where one is possible',
    text: '[[chords]]\ntoggle = "leftctrl+f1"',
    problems: ['1:1 chords cannot be a list; expected the table [chords]'],
  },
  {
    reason: 'a value where a table is needed',
    text: 'libvirt = "qemu:///system"',
    problems: ['1:11 libvirt cannot be "qemu:///system"; expected the table [libvirt]'],
  },
  {
    reason: 'numbers where tables are needed',
    text: 'seat = [1]',
    problems: ['1:9 seat[0] cannot be a number; expected [[seat]] tables'],
  },
  {
    reason: 'mistakes of every kind, in their order',
    text: '[server]\nlisten = ["*:80"]\n\n[[seat]]\nname = "desk"\ncolour = "red"\n\n[chords]\ntoggle = "ctrl+alt"\n\n[[looking-glass]]\nresolution = "big"\nowner = "alice"\n\n[[seat]]\nname = "couch"\ndomains = ["win10", "win10"]\n',
    problems: [
      '2:11 server.listen[0] cannot be "*:80"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
      '4:1 seat[0].domains is missing; expected a list of domains, such as ["win10"]',
      '6:1 seat[0].colour is unknown; expected name, domains, input, usb, optical, swallow, on-start, on-stop, on-pause or on-suspend',
      '9:10 chords.toggle names the unknown keys "ctrl", "alt"; expected "leftctrl+leftalt"',
      '11:1 looking-glass[0].domain is missing; expected the name of a domain in `virsh list --all`, other than "host"',
      '12:14 looking-glass[0].resolution cannot be "big"; expected WIDTHxHEIGHT in quotes, 640x480 to 16384x16384, upright ones (480x640) included',
      '17:21 seat[1].domains[1] repeats seat[1].domains[0]; expected each domain once',
    ],
  },
];

const syntax = 'TOML: KEY = VALUE under [TABLE] or [[TABLE]], each key once, texts in quotes';

test.each([
  { text: 'domains = [win10]', meant: 'win10' },
  { text: 'domains = ["win10", win11] # both', meant: 'win11' },
  { text: 'input = [{ name = Logitech G Pro }]', meant: 'Logitech G Pro' },
  { text: 'usb = [{ port = 1-2.3 }]', meant: '1-2.3' },
  { text: 'resolution = 2560x1440\r', meant: '2560x1440' },
  { text: 'mode = 0660', meant: '0660' },
  { text: 'listen = [192.168.122.1:18503]', meant: '192.168.122.1:18503' },
  { text: 'path = /dev/shm/looking-glass', meant: '/dev/shm/looking-glass' },
  { text: 'toggle = leftctrl+rightctrl', meant: 'leftctrl+rightctrl' },
  { text: 'name = “desk”', meant: 'desk' },
])('a text without quotes is told to have them: $text', ({ text, meant }) => {
  const [problem = ''] = problemsOf(`[table]\n${text}\n`);
  expect(problem).toMatch(/^2:/);
  expect(problem.split('; expected ')[1]).toBe(`a text in quotes: ${JSON.stringify(meant)}`);
});

test.each([
  'swallow = True',
  'name = "desk',
  'name = ',
  'seat = [',
  'usb = [{',
  'name "desk"',
  'name',
  'a = ["x" "y"]',
])('what is wrong otherwise is told in general: %s', (text) => {
  const [problem = ''] = problemsOf(text);
  expect(problem.endsWith(`; expected ${syntax}`)).toBe(true);
});

test.each(refused)('The file is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
