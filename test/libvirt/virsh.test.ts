import { expect, test } from 'vitest';
import type { RunResult } from '../../src/host/ports.ts';
import { VirshRefusal, virshFor } from '../../src/libvirt/virsh.ts';
import { answered, refused, scriptedVirsh } from './scripted-virsh.ts';

const uri = 'qemu:///system';

function ask(answer: RunResult | Error): Promise<string> {
  return virshFor(scriptedVirsh({ domstats: [answer] }).host, uri)('domstats', '--state');
}

test('virsh is run quietly for one libvirt, within a time limit', async () => {
  const calls: unknown[] = [];
  const run = async (...call: unknown[]) => {
    calls.push(call);
    return answered('text\n');
  };
  expect(await virshFor({ run }, uri)('dumpxml', '--domain', "it's mine")).toBe('text\n');
  expect(calls).toEqual([
    [
      'virsh',
      ['--quiet', '--connect', uri, 'dumpxml', '--domain', "it's mine"],
      { timeoutMs: 20_000 },
    ],
  ]);
});

test.each([
  {
    answer: refused('Failed to attach device from a.xml', 'domain is not running'),
    reason: 'domain is not running',
    why: 'the last line says most',
  },
  {
    answer: refused("failed to get domain 'nosuch'"),
    reason: "failed to get domain 'nosuch'",
    why: 'there is but one line',
  },
  {
    answer: {
      ...refused('No free USB ports'),
      stderr: 'warning: x\nerror: No free USB ports\ny\n',
    },
    reason: 'No free USB ports',
    why: 'other lines are no reason',
  },
  {
    answer: { ...refused(), stderr: ' Killed\n' },
    reason: 'Killed',
    why: 'it said something else',
  },
  { answer: refused(), reason: 'virsh gave no reason', why: 'it said nothing' },
  {
    answer: { ...refused(), exitCode: null },
    reason: 'virsh gave no reason',
    why: 'a signal ended it',
  },
])('a refusal is "$reason" when $why', async ({ answer, reason }) => {
  const error: unknown = await ask(answer).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(VirshRefusal);
  expect(error).toMatchObject({ message: reason });
});

const restart = 'See `systemctl status libvirtd virtqemud`; it is tried again by itself.';
const join = 'The service has to be in the group libvirt; see units/handglass.sysusers.';

test.each([
  {
    answer: refused(
      'failed to connect to the hypervisor',
      "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
    ),
    message: `libvirt (${uri}) cannot be reached: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory. ${restart}`,
    why: 'libvirt does not run',
  },
  {
    answer: refused(
      'failed to connect to the hypervisor',
      'authentication unavailable: no polkit agent available to authenticate action',
    ),
    message: `libvirt (${uri}) cannot be reached: authentication unavailable: no polkit agent available to authenticate action. ${join}`,
    why: 'polkit asks for a password',
  },
  {
    answer: refused(
      'failed to connect to the hypervisor',
      "Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied",
    ),
    message: `libvirt (${uri}) cannot be reached: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied. ${join}`,
    why: 'the socket is closed to us',
  },
  {
    answer: { ...refused(), exitCode: null, timedOut: true },
    message: `libvirt (${uri}) cannot be reached: it did not answer within 20 s. ${restart}`,
    why: 'it does not answer',
  },
  {
    answer: { ...answered('half'), exitCode: null, timedOut: true },
    message: `libvirt (${uri}) cannot be reached: it did not answer within 20 s. ${restart}`,
    why: 'it stops half way through its answer',
  },
  {
    answer: Object.assign(new Error('spawn virsh ENOENT'), { code: 'ENOENT' }),
    message:
      'The program virsh is not installed. Install the package that brings it, such as libvirt-clients.',
    why: 'virsh is missing',
  },
])('libvirt is unavailable when $why', async ({ answer, message }) => {
  await expect(ask(answer)).rejects.toMatchObject({ code: 'libvirt-unavailable', message });
});

test('any other failure to start virsh is passed on', async () => {
  const error = Object.assign(new Error('spawn virsh EACCES'), { code: 'EACCES' });
  await expect(ask(error)).rejects.toBe(error);
});
