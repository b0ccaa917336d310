import { expect, test } from 'vitest';
import { configOf, problemsOf, type Refused } from './problems-of.ts';

const qemu = `[[qemu]]
name = "win10"
socket = "/run/qemu/win10.qmp"
`;

const socket = 'expected the absolute path of a socket, of 107 characters at most';

test('A QEMU without libvirt has a name and a socket', () => {
  expect(configOf(qemu).qemu).toEqual([{ name: 'win10', socket: '/run/qemu/win10.qmp' }]);
});

test('A seat may go to it as to a domain of libvirt', () => {
  const text = `[[seat]]\nname = "desk"\ndomains = ["linux", "win10"]\n${qemu}`;
  expect(configOf(text).seats[0]?.domains).toEqual(['linux', 'win10']);
});

test('A path has at most the 107 characters that a socket has', () => {
  const path = `/${'x'.repeat(106)}`;
  expect(configOf(qemu.replace('/run/qemu/win10.qmp', path)).qemu[0]?.socket).toBe(path);
});

const refused: Refused[] = [
  {
    reason: 'a table without anything',
    text: '[[qemu]]\n',
    problems: [
      '1:1 qemu[0].name is missing; expected a name such as "win10", other than "host"',
      `1:1 qemu[0].socket is missing; ${socket}`,
    ],
  },
  {
    reason: 'the name of the host',
    text: qemu.replace('win10', 'host'),
    problems: [
      '2:8 qemu[0].name cannot be "host"; expected a name such as "win10", other than "host"',
    ],
  },
  ...['win10.qmp', 'unix:/run/qemu/win10.qmp', '/', `/${'x'.repeat(107)}`].map((path) => ({
    reason: `the path ${path}`,
    text: qemu.replace('/run/qemu/win10.qmp', path),
    problems: [`3:10 qemu[0].socket cannot be "${path}"; ${socket}`],
  })),
  {
    reason: 'single brackets',
    text: qemu.replace('[[qemu]]', '[qemu]'),
    problems: [
      '1:1 qemu cannot be { name, socket }; expected [[qemu]] in double brackets, even where there is only one',
    ],
  },
  {
    reason: 'a name and a socket twice',
    text: `${qemu}${qemu}`,
    problems: [
      '5:8 qemu[1].name repeats qemu[0].name; expected a name that no other QEMU has',
      '6:10 qemu[1].socket repeats qemu[0].socket; expected a socket of its own for each QEMU',
    ],
  },
];

test.each(refused)('A [[qemu]] is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
