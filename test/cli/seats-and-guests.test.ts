import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outOfReach } from '../../src/cli/render/invitation.ts';
import type { DeviceState } from '../../src/server/protocol.ts';
import { openPeer, sampleState, seat, startService } from '../server/support.ts';
import { at, handglass } from './handglass.ts';

const oneSeat = { ...sampleState, seats: [seat('desk')] };

test.each([
  { args: ['give', 'desk', 'win10'], moves: ['desk to win10'], shown: 'seat desk: with win10\n' },
  { args: ['give', 'desk', 'host'], moves: ['desk to host'], shown: 'seat desk: with host\n' },
  { args: ['toggle', 'couch'], moves: ['couch to win10'], shown: 'seat couch: with win10\n' },
  {
    args: ['give', '--', 'desk', 'win10'],
    moves: ['desk to win10'],
    shown: 'seat desk: with win10\n',
  },
])('$args moves a seat and says where it is then', async ({ args, moves, shown }) => {
  const { folder, control } = await startService();
  expect(await handglass(args, at(folder))).toEqual({ stdout: shown, stderr: '', status: 0 });
  expect(control.moves).toEqual(moves);
});

test('give says what keeps a device from its place, beside what it prints', async () => {
  const device: DeviceState = {
    kind: 'input',
    selector: 'KBD1',
    name: 'QEMU Keyboard',
    present: true,
    with: 'host',
    problem: 'It is with the host.',
  };
  const state = { ...sampleState, seats: [seat('desk', { devices: [device] })] };
  const { folder } = await startService({ state });
  expect(await handglass(['give', 'desk', 'win10'], at(folder))).toEqual({
    stdout: 'seat desk: with win10\n',
    stderr: 'QEMU Keyboard: It is with the host.\n',
    status: 0,
  });
});

test('toggle needs no name where there is one seat', async () => {
  const { folder } = await startService({ state: oneSeat });
  const toggle = async () => (await handglass(['toggle'], at(folder))).stdout;
  expect([await toggle(), await toggle()]).toEqual([
    'seat desk: with win10\n',
    'seat desk: with host\n',
  ]);
});

test.each([
  { command: 'give desk win10', libvirt: 'libvirtd', rule: 'on-start = "give"' },
  { command: 'give desk host', libvirt: '.libvirtd-wrapped', rule: 'comes home by itself' },
  { command: 'toggle', libvirt: 'virtqemud', rule: 'on-start = "give"' },
])('$command is refused in a hook of $libvirt, which waits', async ({ command, libvirt, rule }) => {
  const { folder, control } = await startService({ state: oneSeat });
  const daemon = join(folder, libvirt);
  await copyFile('/bin/sh', daemon);
  const through = [daemon, '-c', '"$@"; exit $?', 'hook'];
  const ran = await handglass(command.split(' '), { ...at(folder), through });
  expect(ran.stderr).toContain("one of libvirt's hooks: libvirt waits for its end");
  expect(ran.stderr).toContain(rule);
  expect(ran.stderr.replace(/\s+/g, ' ')).toContain(`\`systemd-run handglass ${command}\``);
  expect(ran.status).toBe(1);
  expect(control.moves).toEqual([]);
});

test.each([[['give', 'desk', 'win10', '--json']], [['toggle', '--json']]])(
  '%j prints the seat as it is then',
  async (args) => {
    const { folder } = await startService({ state: oneSeat });
    const { stdout, status } = await handglass(args, at(folder));
    expect(JSON.parse(stdout)).toEqual(seat('desk', { owner: 'win10' }));
    expect(status).toBe(0);
  },
);

test('guest pair prints the string, how long it is good, and what to do with it', async () => {
  const { folder, port, address, guests } = await startService();
  const { stdout, stderr, status } = await handglass(['guest', 'pair', 'win10'], at(folder));
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [string = ''] = stdout.split('\n');
  const code = new URL(string).searchParams.get('code');
  const shown = stdout
    .replaceAll(string, `handglass://ADDRESS:PORT/?pin=PIN&code=CODE`)
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, '2026-01-01 00:10:00');
  expect(shown).toMatchInlineSnapshot(`
    "handglass://ADDRESS:PORT/?pin=PIN&code=CODE

    It is good once, for 10 minutes (until 2026-01-01 00:10:00). In the guest, run:
      Linux:    handglass guest pair 'handglass://ADDRESS:PORT/?pin=PIN&code=CODE'
      Windows:  handglass-guest pair "handglass://ADDRESS:PORT/?pin=PIN&code=CODE"

    Only this machine itself reaches that address, and the service listens on no other now:
    \`listen\` of [server] in the configuration names where guests can call.
    "
  `);
  expect(string).toMatch(new RegExp(`^handglass://127.0.0.1:${port}/\\?code=[\\w-]{22}$`));
  await (await openPeer(address)).ask('session.authenticate', { code });
  expect(guests.list()).toMatchObject([{ domain: 'win10' }]);
});

test.each([
  { address: '192.168.122.1', told: '' },
  { address: '[fd00::1]', told: '' },
  { address: '127.0.0.1', told: 'Only this machine itself reaches that address' },
  { address: '[::1]', told: 'Only this machine itself reaches that address' },
  { address: '[fe80::1]', told: 'A guest reaches that address only by an interface of its own' },
])('a string for $address: "$told"', ({ address, told }) => {
  const string = `handglass://${address}:18503/?pin=${'P'.repeat(43)}&code=${'C'.repeat(22)}`;
  expect(outOfReach(string)[0] ?? '').toMatch(new RegExp(`^${told}`));
  expect(outOfReach(string)).toHaveLength(told === '' ? 0 : 2);
});

test('guest pair --json prints all that the service says of the code', async () => {
  const { folder, port } = await startService();
  const { stdout, stderr } = await handglass(['guest', 'pair', 'win10', '--json'], at(folder));
  expect(stderr).toMatch(/^Only this machine itself reaches that address,.*\n.*\n$/);
  const made = JSON.parse(stdout) as { code: string };
  expect(made).toEqual({
    domain: 'win10',
    code: made.code,
    pairing: [`handglass://127.0.0.1:${port}/?code=${made.code}`],
    expires: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  });
});

test('guest list shows who was paired and who is connected', async () => {
  const { folder, guests, address } = await startService();
  const [away, here, never] = [
    await guests.pair('win10'),
    await guests.pair('linux'),
    await guests.pair('win10'),
  ];
  await guests.seen(away.id, '192.168.122.10');
  const peer = await openPeer(address);
  await peer.ask('session.authenticate', { token: here.token });
  const { stdout, status } = await handglass(['guest', 'list'], at(folder));
  const shown = stdout
    .replace(away.id, '<id of away>')
    .replace(here.id, '<id of here>')
    .replace(never.id, '<id: never.>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, '2026-01-01 12:00:00');
  expect(status).toBe(0);
  expect(shown).toMatchInlineSnapshot(`
    "win10  <id of away>  last seen 2026-01-01 12:00:00  192.168.122.10
    linux  <id of here>  connected                      127.0.0.1
    win10  <id: never.>  never seen
    "
  `);
});

test('guest list says so when nobody is paired', async () => {
  const { folder } = await startService();
  expect((await handglass(['guest', 'list'], at(folder))).stdout).toBe(
    'No guest is paired. `handglass guest pair DOMAIN` pairs one.\n',
  );
  expect((await handglass(['guest', 'list', '--json'], at(folder))).stdout).toBe('[]\n');
});

test('guest list --json is the list of guests', async () => {
  const { folder, guests } = await startService();
  const { id } = await guests.pair('win10');
  const { stdout } = await handglass(['guest', 'list', '--json'], at(folder));
  expect(JSON.parse(stdout)).toEqual([
    { id, domain: 'win10', connected: false, lastSeen: null, address: null },
  ]);
});

test('guest revoke forgets a guest', async () => {
  const { folder, guests } = await startService();
  const [first, second] = [await guests.pair('win10'), await guests.pair('win10')];
  expect(await handglass(['guest', 'revoke', first.id], at(folder))).toEqual({
    stdout: `guest ${first.id}: revoked\n`,
    stderr: '',
    status: 0,
  });
  const { stdout } = await handglass(['guest', 'revoke', second.id, '--json'], at(folder));
  expect(stdout).toBe(`{"id":"${second.id}"}\n`);
  expect(guests.list()).toEqual([]);
});

test('confirm keeps a service that was started on trial', async () => {
  const { folder, control } = await startService();
  expect(await handglass(['confirm'], at(folder))).toEqual({
    stdout: 'The service stays.\n',
    stderr: '',
    status: 0,
  });
  expect(control.confirmations).toBe(1);
});

test("suspend and resume tell the service of the host's sleep", async () => {
  const { folder, control } = await startService();
  for (const command of ['suspend', 'resume']) {
    const { stdout, stderr, status } = await handglass([command], at(folder));
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  }
  expect(control.moves).toEqual(['suspend', 'resume']);
});
