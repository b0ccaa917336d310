import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import { processes } from '../../src/host/processes.ts';
import { DomainRefusal } from '../../src/domain/refusal.ts';
import { virshFor } from '../../src/libvirt/virsh.ts';
import { manualClock } from '../host/clocks.ts';
import { fakeVirsh } from './fake-virsh.ts';

const uri = 'qemu:///system';

async function virshOver(more?: string, time = clock) {
  const { host, started, folder } = await fakeVirsh(more);
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  return { virsh: virshFor({ ...host, ...time }, uri, ending.signal), started, folder, ending };
}

/** Whether a process is there, a zombie included. */
function isThere(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

const gone = (pid: string) => expect.poll(() => isThere(pid), { timeout: 60_000 }).toBe(false);

test('commands are answered by one quiet virsh for one libvirt, one after the other', async () => {
  const { virsh, started } = await virshOver();
  const pid = await virsh('pid');
  expect(await virsh('words', 'a b', "it's; pid", '', '\\', '"', 'é')).toBe(
    String.raw`[a b][it's; pid][][\]["][é]`,
  );
  expect(await virsh('pid')).toBe(pid);
  expect(started).toEqual([['--quiet', '--connect', uri]]);
});

test('no virsh is started before the first command', async () => {
  expect((await virshOver()).started).toEqual([]);
});

test.each([
  { name: 'nothing', shell: ':', text: '' },
  { name: 'lines', shell: String.raw`printf 'one\n\ntwo\n'`, text: 'one\n\ntwo\n' },
  { name: 'no newline at its end', shell: 'printf one', text: 'one' },
  {
    name: 'what looks like virsh itself',
    shell: String.raw`printf "virsh # echo 'a'\nerror: b\n"`,
    text: "virsh # echo 'a'\nerror: b\n",
  },
  {
    name: 'much',
    shell: 'head -c 3000000 /dev/zero | tr "\\0" x',
    text: 'x'.repeat(3_000_000),
  },
])('a command that prints $name is given as it is', async ({ shell, text }) => {
  const { virsh } = await virshOver(`print() { ${shell}; }`);
  expect(await virsh('print')).toBe(text);
  expect(await virsh('print')).toBe(text);
});

test.each([
  {
    lines: ['Failed to attach device from a.xml', 'domain is not running'],
    reason: 'domain is not running',
    why: 'the last line says most',
  },
  {
    lines: ["failed to get domain 'nosuch'"],
    reason: "failed to get domain 'nosuch'",
    why: 'there is but one line',
  },
])('a refusal is "$reason" when $why', async ({ lines, reason }) => {
  const { virsh } = await virshOver();
  const error: unknown = await virsh('fail', ...lines).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DomainRefusal);
  expect(error).toMatchObject({ message: reason });
  expect(await virsh('words', 'next')).toBe('[next]');
});

test('commands that are asked together run one after the other, whatever becomes of those before', async () => {
  const { virsh, started } = await virshOver();
  const answers = await virsh.inTurn([
    ['words', 'a'],
    ['fail', 'Failed to attach device', 'No free USB ports'],
    ['words', 'b'],
    ['fail', 'domain is not running'],
    ['pid'],
  ]);
  expect(answers.slice(0, 4)).toEqual([
    '[a]',
    new DomainRefusal('No free USB ports'),
    '[b]',
    new DomainRefusal('domain is not running'),
  ]);
  expect(answers[4]).toMatch(/^\d+$/);
  expect(started).toHaveLength(1);
});

test('none of them is believed once libvirt is lost', async () => {
  const { virsh } = await virshOver(
    `lose() { fail 'Disconnected from ${uri} due to end of file'; }`,
  );
  await expect(virsh.inTurn([['words', 'a'], ['lose'], ['words', 'b']])).rejects.toMatchObject({
    code: 'libvirt-unavailable',
  });
});

test.each([
  { end: 'kill -KILL $$', reason: 'virsh gave no reason', why: 'without a word' },
  { end: 'printf " Out of memory\\n" >&3; exit 1', reason: 'Out of memory', why: 'with others' },
])(
  'a virsh that ends in the middle of several $why is not explained by those before',
  async ({ end, reason }) => {
    const { virsh } = await virshOver(`die() { ${end}; }`);
    const asked = virsh.inTurn([['fail', 'Permission denied'], ['die'], ['words', 'a']]);
    await expect(asked).rejects.toMatchObject({
      message: `libvirt (${uri}) cannot be reached: ${reason}. ${restart}`,
    });
  },
);

test('one of several commands is given up as soon as one alone', async () => {
  const time = manualClock();
  const { virsh } = await virshOver('hang() { exec sleep 600; }', time);
  const asked = virsh.inTurn([['words', 'a'], ['hang'], ['words', 'b']]);
  await time.awaited(1);
  time.advance(20_000);
  await expect(asked).rejects.toThrow('it did not answer within 20 s');
});

test('a command that virsh cannot be told reaches none', async () => {
  const { virsh, started } = await virshOver();
  await expect(virsh('words', 'a\npid')).rejects.toBeInstanceOf(DomainRefusal);
  expect(started).toEqual([]);
});

test('other words on standard error are no failure', async () => {
  const { virsh } = await virshOver('warn() { printf "warning: x\\n" >&3; printf done; }');
  expect(await virsh('warn')).toBe('done');
});

test('a virsh that speaks while nothing is asked has lost its libvirt, and another takes its place', async () => {
  const { virsh, folder } = await virshOver(`
    later() { pid; (until [ -e "$1" ]; do sleep 0.01; done; fail "Disconnected from ${uri}") & }
  `);
  const moment = join(folder, 'now');
  const pid = await virsh('later', moment);
  await writeFile(moment, '');
  await gone(pid);
  expect(await virsh('pid')).not.toBe(pid);
});

test('a virsh that ends while nothing is asked is replaced', async () => {
  const { virsh } = await virshOver();
  const pid = await virsh('pid');
  process.kill(Number(pid), 'SIGKILL');
  await gone(pid);
  expect(await virsh('pid')).not.toBe(pid);
});

test('a command does not wait for one that hangs', async () => {
  const { virsh, started } = await virshOver('hang() { exec sleep 600; }');
  await virsh('pid');
  void virsh('hang').catch(() => {});
  const pid = await virsh('pid');
  expect(await virsh('pid')).toBe(pid);
  expect(started).toHaveLength(2);
});

test('of those that ran together two are kept', async () => {
  const { virsh, started } = await virshOver();
  const pids = await Promise.all([virsh('pid'), virsh('pid'), virsh('pid')]);
  const kept = await Promise.all([virsh('pid'), virsh('pid')]);
  expect(new Set(pids).size).toBe(3);
  expect(new Set(kept).size).toBe(2);
  expect(started).toHaveLength(3);
  await Promise.all(pids.filter((pid) => !kept.includes(pid)).map(gone));
});

test('the virsh that is kept ends with the signal, and commands after it keep none', async () => {
  const { virsh, ending } = await virshOver();
  const pid = await virsh('pid');
  ending.abort();
  await gone(pid);
  await gone(await virsh('pid'));
});

test('a command under way is brought to its end when the signal is aborted', async () => {
  const { virsh, ending } = await virshOver('slow() { sleep 0.2; pid; }');
  const asked = virsh('slow');
  ending.abort();
  await gone(await asked);
});

const restart = 'See `systemctl status libvirtd virtqemud`; it is tried again by itself.';
const joinGroup =
  'Whoever asks has to be in the group libvirt: a user, or the service (units/handglass.sysusers).';
const socket = "Failed to connect socket to '/var/run/libvirt/libvirt-sock'";

const cannotConnect = (reason: string) =>
  `printf 'error: failed to connect to the hypervisor\\nerror: %s\\n' "${reason}" >&2; exit 1`;

test.each([
  {
    more: cannotConnect(`${socket}: No such file or directory`),
    message: `${socket}: No such file or directory. ${restart}`,
    why: 'libvirt does not run',
  },
  {
    more: cannotConnect('authentication unavailable: no polkit agent available'),
    message: `authentication unavailable: no polkit agent available. ${joinGroup}`,
    why: 'polkit asks for a password',
  },
  {
    more: cannotConnect(`${socket}: Permission denied`),
    message: `${socket}: Permission denied. ${joinGroup}`,
    why: 'the socket is closed to us',
  },
  {
    more: cannotConnect('\u001B[2Jgone'),
    message: `?[2Jgone. ${restart}`,
    why: 'its words would clear the terminal',
  },
  {
    more: `ask() { fail 'Disconnected from ${uri} due to end of file' 'failed to get domain'; }`,
    message: `Disconnected from ${uri} due to end of file. ${restart}`,
    why: 'the connection is lost meanwhile',
  },
  {
    more: 'ask() { printf half; kill -KILL $$; }',
    message: `virsh gave no reason. ${restart}`,
    why: 'virsh ends in the middle without a word',
  },
  {
    more: 'ask() { printf " Out of memory\\n" >&3; exit 1; }',
    message: `Out of memory. ${restart}`,
    why: 'virsh ends in the middle with other last words',
  },
])('libvirt is unavailable when $why', async ({ more, message }) => {
  const { virsh } = await virshOver(more);
  await expect(virsh('ask')).rejects.toMatchObject({
    code: 'libvirt-unavailable',
    message: `libvirt (${uri}) cannot be reached: ${message}`,
  });
});

test('a command that does not end in 20 s is given up with its virsh', async () => {
  const time = manualClock();
  const { virsh } = await virshOver('hang() { exec sleep 600; }', time);
  const pid = await virsh('pid');
  const asked = virsh('hang');
  await time.awaited(1);
  time.advance(20_000);
  await expect(asked).rejects.toMatchObject({
    code: 'libvirt-unavailable',
    message: `libvirt (${uri}) cannot be reached: it did not answer within 20 s. ${restart}`,
  });
  await gone(pid);
  expect(await virsh('words', 'next')).toBe('[next]');
});

test.each([
  { program: '/nowhere/virsh', code: 'libvirt-unavailable', what: 'is not installed' },
  { program: '/etc/passwd', code: 'EACCES', what: 'EACCES' },
])('virsh that cannot be started is $code', async ({ program, code, what }) => {
  const host = {
    ...clock,
    converse: (...[, args, heard]: Parameters<typeof processes.converse>) =>
      processes.converse(program, args, heard),
  };
  const asked = virshFor(host, uri, new AbortController().signal)('domstats');
  await expect(asked).rejects.toMatchObject({ code });
  await expect(asked).rejects.toThrow(what);
});
