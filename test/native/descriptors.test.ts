/** The addon's side of the descriptor store: what it is given, gives and closes. */
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addonPath, native, thrownBy } from './addon.ts';

test('a descriptor is closed, and cannot be closed again', () => {
  const fd = openSync('/dev/null', 'r');
  native.closeDescriptor(fd);
  expect(thrownBy(() => fstatSync(fd))).toMatchObject({ code: 'EBADF' });
  expect(thrownBy(() => native.closeDescriptor(fd))).toMatchObject({
    code: 'EBADF',
    syscall: 'close',
  });
});

test.each([[-1], [1.5], ['3'], [undefined]])('closeDescriptor(%j) is refused', (fd) => {
  const error = thrownBy(() => native.closeDescriptor(fd as number));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^fd must be a whole number/) });
});

test.each<[unknown, string]>([
  [7, 'descriptors must be an array of 32 at most'],
  [Array.from({ length: 33 }, () => 0), 'descriptors must be an array of 32 at most'],
  [[0, -1], 'a descriptor must be a whole number'],
  [['0'], 'a descriptor must be a whole number'],
])('the descriptors %j are refused', (descriptors, message) => {
  const error = thrownBy(() => native.notify('FDSTORE=1', descriptors as number[]));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringContaining(message) });
});

test('descriptors that were passed at the start are told by name, once', () => {
  const script = `
    const native = require(process.argv[1]);
    console.log(JSON.stringify([native.inherited(), native.inherited()]));`;
  const variables = 'LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=win10-keyboard.uinput:other';
  const fds = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
  const output = execFileSync(
    'sh',
    ['-c', `${variables} exec "$0" -e "$1" "$2"`, process.execPath, script, addonPath],
    { stdio: ['ignore', 'pipe', 'inherit', ...fds], encoding: 'utf8' },
  );
  fds.forEach((fd) => closeSync(fd));
  expect(JSON.parse(output)).toEqual([
    [
      { name: 'win10-keyboard.uinput', fd: 3 },
      { name: 'other', fd: 4 },
    ],
    [],
  ]);
});

test('a process that was passed none has inherited none', () => {
  expect(native.inherited()).toEqual([]);
});
