import { X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stateLines } from '../../src/cli/render/state.ts';
import { HandglassError } from '../../src/errors.ts';
import { connect } from '../../src/server/client.ts';
import { visibleState } from '../../src/server/visibility.ts';
import {
  everywhere,
  interfacesOf,
  openPeer,
  sampleState,
  seat,
  startService,
} from '../server/support.ts';
import { pairedHost, pairingString, startHost, type Host } from './paired.ts';
import { makeIdentity, relay } from './relay.ts';
import { createPrefix, missingOf, program, reasonText, type Prefix } from './wine.ts';

// Each call starts a program under Wine; how long that takes is no matter of these tests.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingOf('x86_64-w64-mingw32-gcc', 'wine', 'wineserver', 'openssl');
const title = `the client for Windows, under Wine${reasonText(missing)}`;

const code = 'AAAAAAAAAAAAAAAAAAAAAA';

describe.skipIf(missing.length > 0)(title, () => {
  let prefix: Prefix;
  beforeAll(async () => {
    prefix = await createPrefix();
  });
  afterAll(() => prefix.end());

  async function guest(...words: string[]) {
    const { stdout, stderr, exitCode: status } = await prefix.run(program, ...words);
    return { status, stdout, stderr };
  }

  test('a guest that was never paired is told how to', async () => {
    expect(await guest('status')).toEqual({
      status: 3,
      stdout: '',
      stderr:
        'handglass-guest: This guest is not paired.\n' +
        '                 On the host run `handglass guest pair DOMAIN`, and here `handglass-guest pair "STRING"` with what it prints.\n',
    });
  });

  test('pairing exchanges the code for a token that no other user can read', async () => {
    const host = await startHost();
    const string = await host.pairing();

    const paired = await guest('pair', string);

    expect(paired).toEqual({
      status: 0,
      stdout: `paired with 127.0.0.1 as guest ${host.guestId()} of win10\n`,
      stderr: '',
    });
    const path = join(prefix.folder, 'guest.dat');
    // Wine takes the rights of SYSTEM for those of a file's group.
    expect((await stat(path)).mode & 0o007).toBe(0);
    expect((await readFile(path)).toString('latin1')).not.toMatch(/token|win10|127/);
    expect(await guest('pair', string)).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('The code is not known here'),
    });
  });

  test('the line that the host prints leads to the service by its own key', async () => {
    const service = await startService({
      listen: [everywhere],
      interfaces: interfacesOf({ eth0: ['127.0.0.1'] }),
    });
    const client = await connect(service.unixAddress);
    const { pairing } = await client.call('guest.pair', { domain: 'win10' });
    await client.close();
    const [best = ''] = pairing;
    expect(best).toContain('pin=');
    expect(await guest('pair', best)).toMatchObject({ status: 0, stderr: '' });
    expect(await guest('give', 'desk')).toMatchObject({ status: 0 });
    expect(service.control.moves).toEqual(['desk to win10']);
    const certificate = new X509Certificate(await readFile(join(service.folder, 'tls.pem')));
    const { stdout } = await guest('panel');
    expect(stdout).toContain(`SHA-256 fingerprint of it:\n  ${certificate.fingerprint256}\n`);
  });

  test('pair --json prints the guest, and no token', async () => {
    const host = await startHost();
    const { status, stdout } = await guest('pair', await host.pairing(), '--json');
    expect({ status, printed: JSON.parse(stdout) }).toEqual({
      status: 0,
      printed: { id: host.guestId(), domain: 'win10' },
    });
  });

  test('status shows what the host shows of it, in the same words', async () => {
    const host = await pairedHost(prefix);
    const { status, stdout } = await guest('status');
    expect({ status, lines: stdout.trimEnd().split('\n') }).toEqual({
      status: 0,
      lines: shownTo(host),
    });
  });

  test('status --json prints the state', async () => {
    const host = await pairedHost(prefix);
    const { status, stdout } = await guest('status', '--json');
    expect({ status, state: JSON.parse(stdout) }).toEqual({ status: 0, state: seenBy(host) });
  });

  test('a state of many frames is read whole', async () => {
    const seats = Array.from({ length: 200 }, (_, index) => seat(`seat ${index} ä€😀`));
    const host = await pairedHost(prefix, { ...sampleState, seats });
    const { stdout } = await guest('status');
    expect(stdout.length).toBeGreaterThan(16 * 1024);
    expect(stdout.trimEnd().split('\n')).toEqual(shownTo(host));
  });

  test('give, release and toggle move a seat and say where it is', async () => {
    const { service } = await pairedHost(prefix);
    expect(await guest('give', 'desk')).toEqual(said('seat desk: with win10'));
    expect(await guest('release', 'desk')).toEqual(said('seat desk: with host'));
    expect(await guest('toggle', 'couch')).toEqual(said('seat couch: with win10'));
    expect(service.control.moves).toEqual(['desk to win10', 'desk to host', 'couch to win10']);
  });

  test('what keeps a device from its place is said aside', async () => {
    const { service } = await pairedHost(prefix);
    const [mouse] = seat('desk').devices;
    service.control.current.seats = [
      seat('desk', {
        devices: [
          { ...mouse!, problem: 'it has no driver' },
          { ...mouse!, name: '' },
          { ...mouse!, name: '', problem: 'it is a hub' },
        ],
      }),
    ];
    const why = 'Ask on the host: `handglass status` there has the details.';
    expect(await guest('give', 'desk')).toEqual({
      status: 0,
      stdout: 'seat desk: with win10\n',
      stderr: `Razer DeathAdder: ${why}\n1532:0037: ${why}\n`,
    });
    expect(await guest('release', 'desk', '--json')).toMatchObject({ status: 0, stderr: '' });
  });

  test.each(['give', 'release', 'toggle'])('%s --json prints the seat', async (verb) => {
    const host = await pairedHost(prefix);
    const { status, stdout } = await guest(verb, 'desk', '--json');
    expect({ status, seat: JSON.parse(stdout) }).toEqual({
      status: 0,
      seat: seenBy(host).seats[0],
    });
  });

  test('panel prints a link for a browser, which is then this guest', async () => {
    const { service, guestId } = await pairedHost(prefix);
    const { status, stdout, stderr } = await guest('panel');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [url = '', ...lines] = stdout.split('\n');
    expect(lines).toEqual(['', 'It is good once, for 10 minutes.', '']);
    // The service itself is reached without TLS here.
    const { origin, hash } = new URL(url);
    expect(origin).toBe(`http://127.0.0.1:${service.port}`);
    const browser = await openPeer(service.address);
    expect(await browser.ask('session.authenticate', { code: hash.slice(1) })).toMatchObject({
      result: { id: guestId(), domain: 'win10' },
    });
  });

  test('toggle needs no name where there is one seat, and says which there are else', async () => {
    const host = await pairedHost(prefix);
    expect(await guest('toggle')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'handglass-guest: There are several seats.\n' +
        '                 Name one of: desk, couch.\n',
    });
    host.service.control.current.seats.splice(1);
    expect(await guest('toggle')).toMatchObject({ status: 0, stdout: 'seat desk: with win10\n' });
  });

  test('what the host cannot do is a failure with its reason', async () => {
    const { service } = await pairedHost(prefix);
    expect(await guest('give', 'nowhere')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('There is no seat "nowhere".'),
    });
    service.control.beforeMoveEnds = () => {
      throw new HandglassError('locked-out', 'Guests are locked out.', 'Wait a little.');
    };
    expect(await guest('give', 'desk')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'handglass-guest: Guests are locked out.\n                 Wait a little.\n',
    });
  });

  test('a seat that another guest has is not permitted', async () => {
    const { service } = await pairedHost(prefix);
    service.control.current.seats = [
      seat('couch', { domains: ['win10', 'linux'], owner: 'linux' }),
    ];
    expect(await guest('give', 'couch')).toMatchObject({ status: 5 });
  });

  test('a host with another key hears a bare request, and the guest is told what that means', async () => {
    const { service, relay: honest } = await pairedHost(prefix);
    const impostor = makeIdentity(service.folder);
    await honest.down();
    const { heard, ended } = await relay(impostor, service.port, honest.port);
    expect(await guest('give', 'desk')).toEqual({
      status: 5,
      stdout: '',
      stderr:
        "handglass-guest: What answers at 127.0.0.1 is not the host that this guest was paired with: either another machine stands in its place, or the service's key was made anew.\n" +
        '                 Do not go on unless you know why. It was told no code and no token. If the key is new, pair again with what `handglass guest pair DOMAIN` prints on the host.\n',
    });
    await ended();
    expect(heard()).toMatch(bareRequest);
    expect(service.control.moves).toEqual([]);
  });

  test('a code is not told to a host with another key', async () => {
    const { service, relay: front } = await startHost();
    const wrong = 'A'.repeat(43);
    expect(await guest('pair', pairingString(front.port, wrong, code))).toMatchObject({
      status: 5,
    });
    await front.ended();
    expect(front.heard()).toMatch(bareRequest);
    expect(front.heard()).not.toContain(code);
    expect(service.guests.list()).toEqual([]);
  });

  test('a renewed certificate of the same key is the same host', async () => {
    const { service, identity, relay: front } = await pairedHost(prefix);
    await front.down();
    await relay(makeIdentity(service.folder, identity.key), service.port, front.port);
    expect(await guest('give', 'desk')).toMatchObject({ status: 0 });
  });

  test('a guest that was revoked is refused', async () => {
    const host = await pairedHost(prefix);
    await host.revoke();
    expect(await guest('status')).toEqual(unknownToken);
  });

  test('a token that the host has never known is refused as one that was revoked', async () => {
    const { identity, relay: front } = await pairedHost(prefix);
    await front.down();
    const another = await startService();
    await relay(identity, another.port, front.port);
    expect(await guest('give', 'desk')).toEqual(unknownToken);
    expect(another.control.moves).toEqual([]);
  });

  test('a host that is down is not reached', async () => {
    const { relay: front } = await pairedHost(prefix);
    await front.down();
    const { status, stderr } = await guest('toggle', 'desk');
    expect(status).toBe(4);
    expect(stderr).toContain(
      `handglass-guest: The Handglass service does not answer at 127.0.0.1 port ${front.port}: `,
    );
  });

  test('a host that hangs is not waited for, be it from the beginning or meanwhile', async () => {
    const { service, relay: front } = await pairedHost(prefix);
    service.control.beforeMoveEnds = async () => front.hang();
    expect(await guest('give', 'desk')).toEqual({
      status: 4,
      stdout: '',
      stderr:
        'handglass-guest: The service does not answer any more: it hangs, was killed, or cannot be reached.\n' +
        '                 On the host `systemctl status handglass` shows how it is.\n',
    });
    const { status, stderr } = await guest('status');
    expect(status).toBe(4);
    expect(stderr).toContain(`does not answer at 127.0.0.1 port ${front.port}: `);
  });

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]'],
  ])('to this machine itself, %s, it goes without TLS', async (address, name) => {
    const service = await startService({ listen: [{ address, port: 0 }] });
    const { token } = await service.guests.pair('win10');
    // A wrong code: the connection alone is what is shown.
    const string = `handglass://${name}:${service.port}/?code=${token.slice(-22)}`;
    expect(await guest('pair', string)).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('The code is not known here'),
    });
  });

  test.each([
    [['pair', `handglass://192.0.2.1:1/?code=${code}`], 'the pin is missing'],
    [['pair', `handglass://host.lan:1/?code=${code}`], 'its address is no IP address'],
    [['pair', 'http://192.0.2.1/'], 'it does not begin with handglass://'],
    [['pair'], 'STRING is missing.'],
    [['give'], 'SEAT is missing.'],
    [['give', 'desk', 'win10'], '"win10" is one argument too many.'],
    [['status', '--jsno'], 'There is no flag --jsno of this command.'],
    [['hand', 'desk'], 'There is no command "hand".'],
    [['agent', '--hotkey', 'ctrl+alt'], 'it names no key besides'],
    [[], 'A command is missing.'],
  ])('%j is wrong usage: %s', async (words, reason) => {
    expect(await guest(...words)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(reason),
    });
  });

  test('help and version are printed, whatever stands around them', async () => {
    expect(await guest('give', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('pair STRING '),
    });
    expect(await guest('--version')).toMatchObject({ status: 0, stdout: '0.1.0\n' });
  });

  test('without a folder for what it keeps nothing is begun, and no code used up', async () => {
    const host = await startHost();
    const folders = String.raw`HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders`;
    const string = await host.pairing();
    for (const name of ['AppData', 'Local AppData']) {
      await prefix.run('reg', 'add', folders, '/v', name, '/d', String.raw`C:\nowhere`, '/f');
    }
    const nowhere = {
      status: 1,
      stdout: '',
      stderr:
        "handglass-guest: Windows has no folder here for what this user's programs keep.\n" +
        '                 See that the folders are there that %APPDATA% and %LOCALAPPDATA% name.\n',
    };
    const words = [['pair', string], ['status'], ['agent'], ['install'], ['uninstall']];
    for (const each of words) expect(await guest(...each)).toEqual(nowhere);
    for (const name of ['AppData', 'Local AppData']) {
      await prefix.run('reg', 'delete', folders, '/v', name, '/f');
    }
    expect(await guest('pair', string)).toMatchObject({ status: 0 });
  });

  test('a damaged file is bad configuration', async () => {
    await pairedHost(prefix);
    await writeFile(join(prefix.folder, 'guest.dat'), 'nonsense');
    expect(await guest('status')).toEqual({
      status: 3,
      stdout: '',
      stderr:
        "handglass-guest: C:\\users\\alice\\AppData\\Roaming\\Handglass\\guest.dat is damaged, or another user's.\n" +
        '                 Pair this guest again.\n',
    });
  });
});

function seenBy({ service, guestId }: Host) {
  const guests = [
    {
      id: guestId(),
      domain: 'win10',
      connected: true,
      lastSeen: expect.any(String),
      address: '127.0.0.1',
    },
  ];
  const viewer = { kind: 'guest', id: guestId(), domain: 'win10' } as const;
  return visibleState(viewer, { ...service.control.current, guests });
}

// Nothing stands behind it, as what is said over a websocket would.
const bareRequest = /^GET \/ HTTP\/1\.1\r\n([^\r\n]+\r\n)+\r\n$/;

const unknownToken = {
  status: 5,
  stdout: '',
  stderr:
    'handglass-guest: The token is not known here.\n' +
    '                 Pair this guest on the host with `handglass guest pair DOMAIN`.\n',
};

const said = (text: string) => ({ status: 0, stdout: `${text}\n`, stderr: '' });

function shownTo(host: Host): string[] {
  return stateLines(seenBy(host)).map(stripVTControlCharacters);
}
