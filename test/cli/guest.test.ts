import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { State } from '../../src/server/protocol.ts';
import { newIdentity } from '../guest/identity.ts';
import { startRelay } from '../guest/relay.ts';
import {
  freePort,
  interfacesOf,
  openPeer,
  sampleState,
  seat,
  startService,
  temporaryFolder,
  until,
  type TestService,
} from '../server/support.ts';
import { at, handglass, start } from './handglass.ts';

const other = await newIdentity();
const oneSeat = { ...sampleState, seats: [seat('desk'), seat('lab', { domains: ['linux'] })] };

/** What a guest that is paired can ask for. */
const paired = [
  ['status'],
  ['give', 'desk'],
  ['release', 'desk'],
  ['toggle'],
  ['watch'],
  ['panel'],
];

interface Guest {
  service: TestService;
  run: (...args: string[]) => ReturnType<typeof handglass>;
  env: Record<string, string>;
  file: string;
}

/** A host that speaks TLS, at a port that it has again when it is started again in its folder. */
async function startHost(port?: number, folder?: string): Promise<TestService> {
  return startService({
    state: oneSeat,
    listen: [{ address: '0.0.0.0', port: port ?? (await freePort()) }],
    interfaces: interfacesOf({ lo: ['127.0.0.1'] }),
    ...(folder === undefined ? {} : { folder }),
  });
}

const startAgain = ({ port, folder }: TestService) => startHost(port, folder);

/** A guest with a home of its own, and its host. */
async function startGuest(): Promise<Guest> {
  const service = await startHost();
  const home = await temporaryFolder();
  const env = { XDG_CONFIG_HOME: home };
  const run = (...args: string[]) => handglass(['guest', ...args], { env });
  return { service, run, env, file: join(home, 'handglass', 'guest.json') };
}

/** The string that the host prints. */
async function invite({ service }: Guest): Promise<string> {
  const { stdout } = await handglass(['guest', 'pair', 'win10'], at(service.folder));
  return stdout.split('\n')[0] ?? '';
}

/** Has somebody else answer in the place of a host that is gone. */
async function replaceHost({ service }: Guest): Promise<void> {
  await service.stop();
  await startRelay(other, service.port, { port: service.port });
}

async function startPaired(): Promise<Guest> {
  const guest = await startGuest();
  const { status } = await guest.run('pair', await invite(guest));
  expect(status).toBe(0);
  return guest;
}

const done = (stdout: string) => ({ stdout, stderr: '', status: 0 });

function told(status: number, ...lines: string[]) {
  const stderr = lines
    .map((line, index) => `${index === 0 ? 'handglass: ' : '           '}${line}\n`)
    .join('');
  return { stdout: '', stderr, status };
}

describe('guest pair with a string', () => {
  test('pairs, and keeps what it needs where only this user can read it', async () => {
    const guest = await startGuest();
    expect(await guest.run('pair', await invite(guest))).toEqual(
      done(`paired with 127.0.0.1 as guest ${idOf(guest)} of win10\n`),
    );
    expect(JSON.parse(await readFile(guest.file, 'utf8'))).toEqual({
      address: '127.0.0.1',
      port: guest.service.port,
      pin: expect.stringMatching(/^[\w-]{43}$/) as string,
      token: expect.stringMatching(`^${idOf(guest)}\\..+$`) as string,
      domain: 'win10',
    });
    expect((await stat(guest.file)).mode & 0o777).toBe(0o600);
  });

  test('takes it from the standard input too, where no other user sees it', async () => {
    const guest = await startGuest();
    const through = ['sh', '-c', 'printf "%s\\n" "$STRING" | "$@"', 'sh'];
    const env = { ...guest.env, STRING: await invite(guest) };
    const { stdout, stderr, status } = await handglass(['guest', 'pair', '-', '--json'], {
      env,
      through,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(JSON.parse(stdout)).toEqual({ id: idOf(guest), domain: 'win10' });
  });

  test('is of no use a second time', async () => {
    const guest = await startGuest();
    const string = await invite(guest);
    await guest.run('pair', string);
    expect(await guest.run('pair', string)).toEqual(
      told(
        5,
        'The code is not known here: it is good once, and for 10 minutes.',
        'Pair this guest on the host with `handglass guest pair DOMAIN`.',
      ),
    );
    expect((await guest.run('status')).status).toBe(0);
  });

  test('does not use the code up where another key answers, and keeps nothing', async () => {
    const guest = await startGuest();
    const string = await invite(guest);
    const { port } = await startRelay(other, guest.service.port);
    const misled = string.replace(`:${guest.service.port}/`, `:${port}/`);
    const { stderr, status } = await guest.run('pair', misled);
    expect(status).toBe(5);
    expect(stderr).toContain(`What answers at 127.0.0.1:${port} has not the host's key:`);
    await expect(stat(guest.file)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await guest.run('pair', string)).status).toBe(0);
  });

  test('is refused where it is cut off, before anything is sent', async () => {
    const guest = await startGuest();
    const [cut = ''] = (await invite(guest)).split('&');
    expect(await guest.run('pair', cut)).toEqual(
      told(
        2,
        'That pairing string cannot be used: it has no code; a shell cuts off what stands behind an & outside quotes.',
        'Copy the whole line that `handglass guest pair DOMAIN` prints on the host, in quotes.',
      ),
    );
  });

  test('has no way into a guest', async () => {
    const guest = await startGuest();
    expect(await guest.run('pair', await invite(guest), '--via', 'iso')).toEqual(
      told(
        2,
        '--via goes with a domain, not with a pairing string.',
        'On the host, write `handglass guest pair DOMAIN --via agent|iso`.',
      ),
    );
  });
});

describe('in a guest that is paired', () => {
  test('status shows what the guest may see, in the words of the host', async () => {
    const { run } = await startPaired();
    const { stdout, stderr, status } = await run('status');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.replace(/[\da-f]{12}/, '0123456789ab')).toMatchInlineSnapshot(`
      "seat desk: with host; can go to win10
        usb  Razer DeathAdder  1532:0037  host

      domain         win10  running
      looking glass  win10                64 MiB, host alive
      guest          win10  0123456789ab  connected
      "
    `);
    const state = JSON.parse((await run('status', '--json')).stdout) as State;
    expect(state).toMatchObject({ number: 0, seats: [{ name: 'desk', domains: ['win10'] }] });
  });

  test('give has a seat given to it, release gives it back, toggle does either', async () => {
    const { run, service } = await startPaired();
    expect(await run('give', 'desk')).toEqual(done('seat desk: with win10\n'));
    expect(await run('release', 'desk')).toEqual(done('seat desk: with host\n'));
    expect(await run('toggle')).toEqual(done('seat desk: with win10\n'));
    expect(await run('toggle', 'desk')).toEqual(done('seat desk: with host\n'));
    expect(service.control.moves).toEqual([
      'desk to win10',
      'desk to host',
      'desk to win10',
      'desk to host',
    ]);
  });

  test.each([
    { args: ['give', 'desk'], owner: 'win10' },
    { args: ['release', 'desk'], owner: 'host' },
    { args: ['toggle'], owner: 'win10' },
  ])('$args --json prints the seat as it is then', async ({ args, owner }) => {
    const { run } = await startPaired();
    const { stdout, status } = await run(...args, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'desk', owner });
    expect(status).toBe(0);
  });

  test("another domain's seat is one that there is not", async () => {
    const { run } = await startPaired();
    expect(await run('give', 'lab')).toEqual(
      told(1, 'There is no seat "lab".', 'Name one of: desk.'),
    );
  });

  test('each command says that the host is away', async () => {
    const { run, service } = await startPaired();
    await service.stop();
    for (const args of [['status'], ['give', 'desk'], ['release', 'desk'], ['toggle']]) {
      expect(await run(...args)).toEqual(
        told(
          4,
          `The host does not answer at 127.0.0.1:${service.port}: nobody listens there.`,
          'On the host, `systemctl status handglass` shows whether the service runs.',
        ),
      );
    }
  });

  test('each command refuses a host with another key', async () => {
    const guest = await startPaired();
    await replaceHost(guest);
    for (const args of paired) {
      const { stdout, stderr, status } = await guest.run(...args);
      expect({ stdout, status }).toEqual({ stdout: '', status: 5 });
      expect(stderr).toContain("another machine answers in the host's place");
      expect(stderr).toContain('Do not go on unless you know why.');
    }
  });

  test('each command says that the guest was revoked', async () => {
    const guest = await startPaired();
    await revoke(guest);
    for (const args of paired) {
      expect(await guest.run(...args)).toEqual(
        told(
          5,
          'The token is not known here.',
          'Pair this guest on the host with `handglass guest pair DOMAIN`.',
        ),
      );
    }
  });

  test('a handoff that fails is told as the host tells it to guests', async () => {
    const { run, service } = await startPaired();
    service.control.beforeMoveEnds = () => Promise.reject(new TypeError('secret of the host'));
    const { stderr, status } = await run('give', 'desk');
    expect(status).toBe(1);
    expect(stderr).not.toContain('secret');
  });

  test('unpair forgets the pairing, and says what is left on the host', async () => {
    const guest = await startPaired();
    const { run } = guest;
    const id = idOf(guest);
    expect(await run('unpair')).toEqual(
      done(
        'This guest has forgotten its pairing. The host has not:\n' +
          `\`handglass guest revoke ${id}\` there takes it out of the list.\n`,
      ),
    );
    expect((await run('status')).status).toBe(3);
  });
});

describe('a guest that is not paired is told how to', () => {
  test.each([...paired, ['unpair']])('%s %s', async (...args) => {
    const { run, file } = await startGuest();
    expect(await run(...args)).toEqual(
      told(
        3,
        `This guest is not paired: there is no ${file}.`,
        'To pair it, run `handglass guest pair DOMAIN` on the host, and here what that says.',
      ),
    );
  });
});

test.each([{}, { XDG_CONFIG_HOME: '' }, { XDG_CONFIG_HOME: 'relative' }])(
  'without a folder for configuration (%j) the pairing is looked for below the home folder',
  async (env) => {
    const { stderr } = await handglass(['guest', 'status'], { env: { HOME: '/nobody', ...env } });
    expect(stderr).toContain('there is no /nobody/.config/handglass/guest.json.');
  },
);

test('a pairing that is damaged or open to others is not used', async () => {
  const { run, file } = await startPaired();
  await chmod(file, 0o644);
  expect(await run('status')).toMatchObject({ stdout: '', status: 3 });
  await chmod(file, 0o600);
  await writeFile(file, '{');
  expect(await run('status')).toMatchObject({ stdout: '', status: 3 });
  expect(await run('unpair', '--json')).toEqual(done('{"id":null}\n'));
});

async function startWatch(guest: Guest, ...flags: string[]) {
  const { control } = guest.service;
  const listening = control.listeners.size;
  const child = start(['guest', 'watch', ...flags], { env: guest.env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const warnings = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  return {
    child,
    connected: () => until(() => control.listeners.size > listening),
    next: async () => String((await lines.next()).value),
    nextWarning: async () => String((await warnings.next()).value),
  };
}

function change({ control }: TestService, owner: string): void {
  control.current.seats = [seat('desk', { owner })];
  control.tell();
}

test('panel in a guest prints a link, by which a browser is that guest', async () => {
  const guest = await startPaired();
  const { stdout, stderr, status } = await guest.run('panel');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [url = '', ...lines] = stdout.split('\n');
  expect(lines).toEqual([
    '',
    expect.stringMatching(/^It is good once, for 10 minutes/),
    expect.stringMatching(/^The browser will warn /),
    'SHA-256 fingerprint of it:',
    expect.stringMatching(/^ {2}([\dA-F]{2}:){31}[\dA-F]{2}$/),
    '',
  ]);
  const { host, origin, hash } = new URL(url);
  expect(origin).toBe(`https://127.0.0.1:${guest.service.port}`);
  const browser = await openPeer(`wss://${host}/`, { rejectUnauthorized: false });
  expect(await browser.ask('session.authenticate', { code: hash.slice(1) })).toMatchObject({
    result: { id: idOf(guest), domain: 'win10' },
  });
  expect(JSON.parse((await guest.run('panel', '--json')).stdout)).toMatchObject({
    url: expect.stringContaining(origin) as string,
  });
});

describe('watch in a guest', () => {
  test('says when the host is lost and found, and what has changed meanwhile', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest);
    await watch.connected();
    change(guest.service, 'win10');
    expect(sentence(await watch.next())).toBe('seat desk with win10');
    await guest.service.stop();
    expect(sentence(await watch.next())).toBe(
      'the host is lost, and looked for: The service has ended.',
    );
    const service = await startAgain(guest.service);
    expect(sentence(await watch.next())).toBe('the host is found again');
    expect(sentence(await watch.next())).toBe('seat desk with host');
    change(service, 'win10');
    expect(sentence(await watch.next())).toBe('seat desk with win10');
    watch.child.kill('SIGINT');
    expect(await watch.child).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('ends when the guest is revoked', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest);
    await watch.connected();
    await revoke(guest);
    expect(await watch.child).toMatchObject({
      exitCode: 5,
      stderr:
        'handglass: The service does not accept this guest.\n' +
        '           Pair it on the host with `handglass guest pair DOMAIN`.\n',
    });
  });

  test('ends when another key answers in the place of a host that was lost', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest);
    await watch.connected();
    await replaceHost(guest);
    expect(sentence(await watch.next())).toMatch(/^the host is lost/);
    const { exitCode, stderr } = await watch.child;
    expect(exitCode).toBe(5);
    expect(stderr).toContain("another machine answers in the host's place");
  });

  test('--json prints states alone, and tells of the host on the standard error', async () => {
    const guest = await startPaired();
    const watch = await startWatch(guest, '--json');
    const first = JSON.parse(await watch.next()) as State;
    expect(first.seats).toMatchObject([{ name: 'desk', owner: 'host' }]);
    await guest.service.stop();
    expect(sentence(await watch.nextWarning())).toMatch(/^the host is lost/);
    await startAgain(guest.service);
    expect(JSON.parse(await watch.next())).toMatchObject({ seats: first.seats });
    expect(sentence(await watch.nextWarning())).toBe('the host is found again');
  });

  test('waits for a host that is not there yet', async () => {
    const guest = await startPaired();
    await guest.service.stop();
    const watch = await startWatch(guest);
    expect(sentence(await watch.next())).toMatch(/nobody listens there\.$/);
    await startAgain(guest.service);
    expect(sentence(await watch.next())).toBe('the host is found again');
  });
});

function idOf({ service }: Guest): string {
  const [guest] = service.guests.list();
  return guest?.id ?? '';
}

/** Takes the guest's token away on the host. */
async function revoke(guest: Guest): Promise<void> {
  await handglass(['guest', 'revoke', idOf(guest)], at(guest.service.folder));
}

/** A line without its time, which is checked. */
function sentence(line: string): string {
  expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/);
  return line.slice(21);
}
