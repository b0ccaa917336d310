import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deliverByAgent } from '../../src/delivery/by-agent.ts';
import { clock } from '../../src/host/clock.ts';
import { refused } from '../libvirt/scripted-virsh.ts';
import { virshCommands } from './virsh-commands.ts';
import { virshOver } from '../libvirt/scripted-virsh.ts';

const pairing = 'handglass://192.168.122.1:18503/?pin=PIN&code=CODE';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const all = [
  'guest-exec',
  'guest-exec-status',
  'guest-file-close',
  'guest-file-open',
  'guest-file-write',
  'guest-get-osinfo',
  'guest-get-users',
];

interface Asked {
  execute: string;
  arguments?: Record<string, unknown>;
}

/** A guest agent that answers by these, and otherwise as one in a Linux guest of alice's does. */
function agent(answers: Record<string, unknown> = {}, enabled = all) {
  const asked: Asked[] = [];
  const usual: Record<string, unknown> = {
    'guest-info': {
      supported_commands: all.map((name) => ({ name, enabled: enabled.includes(name) })),
    },
    'guest-get-osinfo': { id: 'debian' },
    'guest-get-users': [{ user: 'alice' }, { user: 'alice' }],
    'guest-file-open': 1000,
    'guest-file-write': { count: 1 },
    'guest-file-close': {},
    'guest-exec': { pid: 7 },
    'guest-exec-status': { exited: true, exitcode: 0 },
  };
  const virsh = virshOver(async (...args) => {
    expect(args.slice(0, -1)).toEqual([
      'qemu-agent-command',
      '--domain',
      'win10',
      '--timeout',
      '10',
    ]);
    const request = JSON.parse(args.at(-1) ?? '') as Asked;
    asked.push(request);
    const answer = { ...usual, ...answers }[request.execute];
    if (answer instanceof Error) throw answer;
    return `${JSON.stringify({ return: answer })}\n`;
  });
  const quick = { ...clock, sleep: async () => {} };
  return { asked, deliver: () => deliverByAgent(quick, virsh, 'win10', pairing) };
}

test('in Linux it is used for the user who is logged in, by way of a file of root alone', async () => {
  const { asked, deliver } = agent();
  expect(await deliver()).toEqual({ paired: 'alice' });
  expect(asked).toEqual([
    { execute: 'guest-info' },
    { execute: 'guest-get-osinfo' },
    { execute: 'guest-get-users' },
    { execute: 'guest-file-open', arguments: { path: '/root/handglass-pairing', mode: 'w' } },
    {
      execute: 'guest-file-write',
      arguments: { handle: 1000, 'buf-b64': base64(`${pairing}\n`) },
    },
    { execute: 'guest-file-close', arguments: { handle: 1000 } },
    {
      execute: 'guest-exec',
      arguments: {
        path: '/bin/sh',
        arg: [
          '-c',
          'runuser --login "$1" --command "exec handglass guest pair -" <"$2" && rm -f "$2"',
          'handglass',
          'alice',
          '/root/handglass-pairing',
        ],
        'capture-output': true,
      },
    },
    { execute: 'guest-exec-status', arguments: { pid: 7 } },
  ]);
});

test.each([
  { why: 'the agent may run nothing', enabled: all.filter((name) => name !== 'guest-exec') },
  { why: 'nobody is logged in', answers: { 'guest-get-users': [] } },
  { why: 'several are', answers: { 'guest-get-users': [{ user: 'alice' }, { user: 'bob' }] } },
  {
    why: 'the agent does not say who is',
    enabled: all.filter((name) => name !== 'guest-get-users'),
  },
])('in Linux it is left for sudo where $why', async ({ answers = {}, enabled = all }) => {
  const { asked, deliver } = agent(answers, enabled);
  expect(await deliver()).toEqual({
    file: '/root/handglass-pairing',
    by: 'a user who may use sudo',
    command: 'sudo cat /root/handglass-pairing | handglass guest pair -',
  });
  expect(asked.map(({ execute }) => execute)).not.toContain('guest-exec');
});

const windows = { 'guest-get-osinfo': { id: 'mswindows' } };

test('in Windows it is left in the folder of the user who is logged in', async () => {
  const { asked, deliver } = agent(windows);
  const file = String.raw`C:\Users\alice\handglass-pairing.txt`;
  expect(await deliver()).toEqual({
    file,
    by: 'alice',
    command: `for /f "usebackq delims=" %s in ("${file}") do handglass-guest pair "%s"`,
  });
  expect(asked).toContainEqual({
    execute: 'guest-file-open',
    arguments: { path: file, mode: 'w' },
  });
});

test('in Windows it is left for administrators where nobody is logged in', async () => {
  const { deliver } = agent({ ...windows, 'guest-get-users': [] });
  expect(await deliver()).toMatchObject({
    file: String.raw`C:\Windows\System32\config\systemprofile\handglass-pairing.txt`,
    by: 'an administrator',
  });
});

test('a program that runs for a while is waited for', async () => {
  let looks = 0;
  const status = {
    get 'guest-exec-status'() {
      looks += 1;
      return looks < 5 ? { exited: false } : { exited: true, exitcode: 0 };
    },
  };
  const { deliver } = agent(status);
  expect(await deliver()).toEqual({ paired: 'alice' });
});

test.each([
  {
    answers: { 'guest-info': refused('QEMU guest agent is not connected') },
    what: 'The guest agent of win10 does not answer: QEMU guest agent is not connected.',
  },
  {
    answers: { 'guest-get-osinfo': refused('The command guest-get-osinfo has not been found') },
    what: 'The guest agent of win10 does not say what it runs on: The command guest-get-osinfo has not been found.',
  },
  {
    answers: { 'guest-get-osinfo': 'full moon' },
    what: 'The guest agent of win10 does not say what it runs on: its answer to guest-get-osinfo is unknown here.',
  },
  {
    answers: { 'guest-get-users': [{ user: '../\u001B[2J' }] },
    what: 'The guest agent of win10 does not say what it runs on: its answer to guest-get-users is unknown here.',
  },
  {
    answers: { 'guest-file-open': refused('Permission denied') },
    what: 'The guest agent of win10 does not write /root/handglass-pairing: Permission denied.',
  },
  {
    answers: { 'guest-file-open': refused('\u001B[2Jno room') },
    what: 'The guest agent of win10 does not write /root/handglass-pairing: ?[2Jno room.',
  },
  {
    answers: { 'guest-file-write': refused('No space left on device') },
    what: 'The guest agent of win10 does not write /root/handglass-pairing: No space left on device.',
  },
  {
    answers: {
      'guest-exec-status': {
        exited: true,
        exitcode: 127,
        'err-data': base64('sh: 1: exec:\u001B[2J handglass: not found\n'),
      },
    },
    what: 'The string is in win10, but its client could not use it for alice: sh: 1: exec: [2J handglass: not found.',
  },
  {
    answers: { 'guest-exec-status': { exited: true } },
    what: 'The string is in win10, but its client could not use it for alice: it did not say why.',
  },
  {
    answers: { 'guest-exec-status': { exited: false } },
    what: 'The string is in win10, but its client could not use it for alice: it did not end in time.',
  },
])('a failure is a sentence: $what', async ({ answers, what }) => {
  const error: unknown = await agent(answers)
    .deliver()
    .catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'pairing-failed', what });
  expect(error).toHaveProperty('remedy', expect.stringMatching(/\S/));
  expect(error).not.toHaveProperty('message', expect.stringContaining('CODE'));
});

test('a file that cannot be written is closed again', async () => {
  const { asked, deliver } = agent({ 'guest-file-write': refused('No space left on device') });
  await deliver().catch(() => {});
  expect(asked.at(-1)).toEqual({ execute: 'guest-file-close', arguments: { handle: 1000 } });
});

test('the string reaches virsh whole, and not by its arguments, which every user may read', async () => {
  const { virsh, folder, started } = await virshCommands({
    'qemu-agent-command': `case $5 in
*guest-info*) printf '{"return":{"supported_commands":[]}}' ;;
*guest-get-osinfo*) printf '{"return":{"id":"debian"}}' ;;
*guest-file-open*) printf '{"return":3}' ;;
*guest-file-write*) printf %s "$5" >written; printf '{"return":{}}' ;;
*) printf '{"return":{}}' ;;
esac`,
  });
  await deliverByAgent(clock, virsh, 'win10', pairing);
  const written = JSON.parse(await readFile(join(folder, 'written'), 'utf8')) as Asked;
  expect(written.arguments).toEqual({ handle: 3, 'buf-b64': base64(`${pairing}\n`) });
  expect(started).toEqual([['--quiet', '--connect', 'qemu:///system']]);
});
