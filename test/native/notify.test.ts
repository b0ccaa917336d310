import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { addonPath, native, thrownBy } from './addon.ts';
import { compile } from './compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

const manager = compile(folder, 'manager', ['test/native/notify-harness.c']);

/** What notify() returns or throws in a process of its own, told by its environment whom to notify. */
const notify = (state: string, socket?: string) => {
  const script = `
    try {
      console.log(require(process.argv[1]).notify(process.argv[2]));
    } catch (error) {
      console.log(error.code, error.syscall);
    }`;
  const { NOTIFY_SOCKET: _, ...rest } = process.env;
  const plain = { ...rest, FORCE_COLOR: '0' };
  const env = socket === undefined ? plain : { ...plain, NOTIFY_SOCKET: socket };
  const args = ['-e', script, addonPath, state];
  return execFileSync(process.execPath, args, { env, encoding: 'utf8' }).trim();
};

test.each([
  ['a path', join(folder, 'socket')],
  ['an abstract name', `@handglass-${randomUUID()}`],
])('the state reaches a service manager at %s', async (_name, socket) => {
  const listening = spawn(manager, [socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(listening.stdout, 'readable');
  const output = text(listening.stdout);
  expect(notify('READY=1\nSTATUS=Grüße', socket)).toBe('true');
  expect(await output).toBe('listening\nREADY=1\nSTATUS=Grüße');
});

test.each([
  ['nobody to tell', undefined, 'false'],
  ['an empty name', '', 'false'],
  ['a manager that is gone', join(folder, 'nobody'), 'ENOENT sendto'],
  ['a socket of another family', 'vsock:2:1234', 'EAFNOSUPPORT sendto'],
  ['a name too long for a socket', `/${'x'.repeat(108)}`, 'EAFNOSUPPORT sendto'],
])('notifying answers for %s', (_name, socket, answer) => {
  expect(notify('READY=1', socket)).toBe(answer);
});

test.each([[7], ['a\0b'], ['x'.repeat(4096)]])('notify(%j) is refused', (state) => {
  const error = thrownBy(() => native.notify(state as string));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^state must be a string/) });
});
