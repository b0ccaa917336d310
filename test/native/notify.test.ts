import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { addonPath, native, thrownBy } from './addon.ts';
import { compile } from './compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

const harness = compile(folder, 'notify', ['test/native/notify-harness.c', 'native/notify.c']);
const { NOTIFY_SOCKET: _, ...environment } = process.env;

/** A service manager that has begun to listen, and all that it will have printed at its end. */
async function manager(socket: string): Promise<{ output: Promise<string> }> {
  const child = spawn(harness, ['manager', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'readable');
  return { output: text(child.stdout) };
}

/** What notify() returns or throws in a process of its own, told by its environment whom to notify. */
const notify = (state: string, socket?: string) => {
  const script = `
    try {
      console.log(require(process.argv[1]).notify(process.argv[2]));
    } catch (error) {
      console.log(error.code, error.syscall);
    }`;
  const plain = { ...environment, FORCE_COLOR: '0' };
  const env = socket === undefined ? plain : { ...plain, NOTIFY_SOCKET: socket };
  const args = ['-e', script, addonPath, state];
  return execFileSync(process.execPath, args, { env, encoding: 'utf8' }).trim();
};

test.each([
  ['a path', join(folder, 'socket')],
  ['an abstract name', `@handglass-${randomUUID()}`],
])('the state reaches a service manager at %s', async (_name, socket) => {
  const { output } = await manager(socket);
  expect(notify('READY=1\nSTATUS=Grüße', socket)).toBe('true');
  expect(await output).toBe('listening\nREADY=1\nSTATUS=Grüße');
});

test.each([
  ['nobody to tell', undefined, 'false'],
  ['an empty name', '', 'false'],
  ['a manager that is gone', join(folder, 'nobody'), 'ENOENT sendmsg'],
  ['a socket of another family', 'vsock:2:1234', 'EAFNOSUPPORT sendmsg'],
  ['a name too long for a socket', `/${'x'.repeat(108)}`, 'EAFNOSUPPORT sendmsg'],
])('notifying answers for %s', (_name, socket, answer) => {
  expect(notify('READY=1', socket)).toBe(answer);
});

test.each([[7], ['a\0b'], ['x'.repeat(4096)]])('notify(%j) is refused', (state) => {
  const error = thrownBy(() => native.notify(state as string));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^state must be a string/) });
});

/** The harness's send, with a file of the given content as every descriptor. */
function send(socket: string | undefined, count: number, content = ''): string {
  const file = join(folder, 'sent');
  writeFileSync(file, content);
  const fd = openSync(file, 'r');
  const env = socket === undefined ? environment : { ...environment, NOTIFY_SOCKET: socket };
  const state = 'FDSTORE=1\nFDNAME=win10-keyboard';
  const { stdout } = spawnSync(harness, ['send', state, `${count}`], {
    env,
    stdio: [fd, 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  closeSync(fd);
  return stdout;
}

test.each([1, 2, 32])('%i descriptors reach the service manager with the state', async (count) => {
  const socket = `@handglass-${randomUUID()}`;
  const { output } = await manager(socket);

  expect(send(socket, count, 'a keyboard')).toBe('sent\n');

  const contents = Array.from({ length: count }, () => 'a keyboard\n').join('');
  expect(await output).toBe(`listening\nFDSTORE=1\nFDNAME=win10-keyboard\n${contents}`);
});

test.each([
  ['more descriptors than a message holds', '@handglass', 33, 'sendmsg: EMSGSIZE\n'],
  ['a manager that is gone', '@handglass-nobody', 1, 'sendmsg: ECONNREFUSED\n'],
  ['nobody to tell', undefined, 1, 'nobody to tell\n'],
])('sending descriptors answers for %s', (_name, socket, count, answer) => {
  expect(send(socket, count)).toBe(answer);
});

/** What a process finds that got two files as 3 and 4, and variables in which $$ is its own number. */
function inherited(variables: string, room = 8): string {
  const fds = ['keyboard', 'pointer'].map((name) => {
    const file = join(folder, name);
    writeFileSync(file, `the ${name}`);
    return openSync(file, 'r');
  });
  const script = `${variables} exec "$0" inherited ${room}`;
  const { stdout } = spawnSync('sh', ['-c', script, harness], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit', ...fds],
    encoding: 'utf8',
  });
  for (const fd of fds) closeSync(fd);
  return stdout;
}

test('descriptors passed at the start have names, and no child gets them or the variables', () => {
  expect(inherited('LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a-keyboard:a-pointer')).toBe(
    'a-keyboard 3 kept the keyboard\na-pointer 4 kept the pointer\n',
  );
});

test.each([
  ['no names', 'LISTEN_PID=$$ LISTEN_FDS=1', 'unknown 3 kept the keyboard\n'],
  ['an empty name', 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=', ' 3 kept the keyboard\n'],
  ['none passed', '', ''],
  ['none of any', 'LISTEN_PID=$$ LISTEN_FDS=0 LISTEN_FDNAMES=', ''],
  ['those of another process', 'LISTEN_PID=1 LISTEN_FDS=2 LISTEN_FDNAMES=a:b', ''],
  ['too few names', 'LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a', 'LISTEN_FDNAMES: EINVAL\n'],
  ['too many names', 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=a:b', 'LISTEN_FDNAMES: EINVAL\n'],
  [
    'a name that is too long',
    `LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=${'x'.repeat(256)}`,
    'LISTEN_FDNAMES: EINVAL\n',
  ],
  ['no number of a process', 'LISTEN_PID=$$x LISTEN_FDS=1', 'LISTEN_PID: EINVAL\n'],
  ['a negative count', 'LISTEN_PID=$$ LISTEN_FDS=-1', 'LISTEN_FDS: EINVAL\n'],
  ['descriptors that are not open', 'LISTEN_PID=$$ LISTEN_FDS=9', 'fcntl: EBADF\n'],
])('a process finds for %s: %s', (_name, variables, found) => {
  expect(inherited(variables)).toBe(found);
});

test('more descriptors than there is room for are refused', () => {
  expect(inherited('LISTEN_PID=$$ LISTEN_FDS=2', 1)).toBe('LISTEN_FDS: E2BIG\n');
});
