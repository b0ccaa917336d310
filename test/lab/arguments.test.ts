import { expect, test } from 'vitest';
import { parseRequest } from './arguments.ts';
import { WrongUsage } from './failure.ts';

const boot = { action: 'boot', boot: 'systemd', accel: 'tcg', program: 'shell' };

test.each([
  ['', boot],
  ['--boot bare', { ...boot, boot: 'bare' }],
  ['--boot=systemd --accel=kvm', { ...boot, accel: 'kvm' }],
  ['--boot systemd -- sh -c true', { ...boot, program: { command: ['sh', '-c', 'true'] } }],
  ['-- env -- --help', { ...boot, program: { command: ['env', '--', '--help'] } }],
  ['--exec a.sh', { ...boot, program: { file: 'a.sh' } }],
  ['--attach', { action: 'attach', program: 'shell' }],
  ['--attach -- labctl key a', { action: 'attach', program: { command: ['labctl', 'key', 'a'] } }],
  ['--help', { action: 'help' }],
  ['--boot bare -h', { action: 'help' }],
])('"%s" is understood', (line, request) => {
  expect(parseRequest(wordsOf(line))).toEqual(request);
});

test.each([
  ['--fast', "Unknown option '--fast'."],
  ['-x', "Unknown option '-x'."],
  ['--boot', "Option '--boot <value>' argument missing."],
  ['--boot --accel kvm', "Option '--boot' argument is ambiguous."],
  ['--boot=', '--boot is systemd or bare, not .'],
  ['--boot Bare', '--boot is systemd or bare, not Bare.'],
  ['--accel hvf', '--accel is tcg or kvm, not hvf.'],
  ['--attach=yes', "Option '--attach' does not take an argument."],
  ['--attach --boot bare', 'leave out --boot and --accel.'],
  ['--attach --accel tcg', 'leave out --boot and --accel.'],
  ['--exec', "Option '--exec <value>' argument missing."],
  ['--exec a.sh -- true', 'Give --exec FILE or -- COMMAND, not both.'],
  ['--', 'After -- comes the command to run.'],
  ['--boot bare uname', 'A command comes after --, and uname stands before it.'],
  ['true -- false', 'A command comes after --, and true stands before it.'],
])('"%s" is refused: %s', (line, reason) => {
  const parse = () => parseRequest(wordsOf(line));

  expect(parse).toThrow(WrongUsage);
  expect(parse).toThrow(reason);
});

function wordsOf(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}
