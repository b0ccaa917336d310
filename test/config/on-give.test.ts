import { expect, test } from 'vitest';
import { problemsOf, seat, type Refused } from './problems-of.ts';

/** A `seat` with a command, whose `run` stands in line 7 behind six characters. */
const running = (run: string, more = '') =>
  `${seat}[[on-give]]\nseat = "desk"\nto = "win10"\nrun = ${run}\n${more}`;

const example = '["ddcutil", "setvcp", "60", "0x11"]';
const seconds = 'expected a whole number of seconds, 1 to 300';

const refused: Refused[] = [
  {
    reason: 'nothing in it',
    text: '[[on-give]]',
    problems: [
      '1:1 on-give[0].seat is missing; expected the name of a [[seat]] in this file',
      '1:1 on-give[0].to is missing; expected "host" or a domain of that seat',
      `1:1 on-give[0].run is missing; expected a list such as ${example}`,
    ],
  },
  {
    reason: 'a command as one text',
    text: running('"ddcutil  setvcp 60 0x12"'),
    problems: [
      '7:7 on-give[0].run cannot be "ddcutil  setvcp 60 0x12"; expected the list ["ddcutil", "setvcp", "60", "0x12"]',
    ],
  },
  {
    reason: 'a command that only a shell understands',
    text: running(`'notify-send "to the guest" && sync'`),
    problems: [
      String.raw`7:7 on-give[0].run cannot be "notify-send \"to the guest\" && sync"; expected the list ["sh", "-c", "notify-send \"to the guest\" && sync"]`,
    ],
  },
  {
    reason: 'an empty text as its command',
    text: running('" "'),
    problems: [`7:7 on-give[0].run cannot be " "; expected the list ${example}`],
  },
  {
    reason: 'an empty command',
    text: running('[]'),
    problems: [
      `7:7 on-give[0].run cannot be an empty list; expected a program and its arguments, such as ${example}`,
    ],
  },
  {
    reason: 'a program that has its arguments in one text',
    text: running('["ddcutil setvcp", "60"]'),
    problems: [
      '7:8 on-give[0].run[0] cannot be "ddcutil setvcp"; expected the program, and each argument as a text of its own: ["ddcutil", "setvcp"]',
    ],
  },
  ...['./desk', 'bin/desk', '~/desk', '/usr/bin/'].map((program) => ({
    reason: `the program ${program}`,
    text: running(`["${program}"]`),
    problems: [
      `7:8 on-give[0].run[0] cannot be "${program}"; expected an absolute path, or a name without / to look up on PATH`,
    ],
  })),
  {
    reason: 'arguments that no program can be given',
    text: running(String.raw`["ddcutil", "", "a\u0000b", 60]`),
    problems: [
      '7:19 on-give[0].run[1] cannot be ""; expected a text of one character at least, without NUL',
      String.raw`7:23 on-give[0].run[2] cannot be "a\u0000b"; expected a text of one character at least, without NUL`,
      '7:35 on-give[0].run[3] cannot be a number; expected a text of one character at least, without NUL',
    ],
  },
  {
    reason: 'a program without a name, told once',
    text: running('["", "60"]'),
    problems: [
      '7:8 on-give[0].run[0] cannot be ""; expected a text of one character at least, without NUL',
    ],
  },
  ...['0', '301', '1.5', '-10'].map((timeout) => ({
    reason: `a timeout of ${timeout}`,
    text: running('["ddcutil"]', `timeout = ${timeout}`),
    problems: [`8:11 on-give[0].timeout cannot be this number; ${seconds}`],
  })),
  {
    reason: 'a timeout with its unit',
    text: running('["ddcutil"]', 'timeout = "10s"'),
    problems: [`8:11 on-give[0].timeout cannot be "10s"; ${seconds}`],
  },
  {
    reason: 'several targets',
    text: running('["ddcutil"]').replace('"win10"\nrun', '["win10", "host"]\nrun'),
    problems: ['6:6 on-give[0].to cannot be a list; expected "host" or a domain of that seat'],
  },
  {
    reason: 'an unknown seat',
    text: running('["ddcutil"]').replace('seat = "desk"', 'seat = "dsk"'),
    problems: ['5:8 on-give[0].seat names the unknown seat "dsk"; expected "desk"'],
  },
  {
    reason: 'a target that its seat does not list',
    text: running('["ddcutil"]').replace('to = "win10"', 'to = "win11"'),
    problems: [
      '6:6 on-give[0].to names "win11", which seat "desk" does not list; expected "host" or "win10"',
    ],
  },
];

test.each(refused)('An [[on-give]] is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
