/** What the addon's switchboard does without any device: seats move, and proxies are refused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Switchboard, SwitchboardEvent } from '../../src/host/switchboard-port.ts';
import { native, thrownBy } from './addon.ts';

let switchboard: Switchboard;
let events: SwitchboardEvent[];
beforeEach(() => {
  events = [];
  switchboard = native.openSwitchboard((event) => events.push(event), false);
});
afterEach(() => switchboard.close());

/** Waits for the next event, and for no other one with it. */
const told = (event: SwitchboardEvent) =>
  expect.poll(() => events.splice(0), { timeout: 60_000 }).toEqual([event]);

test('a seat moves to a domain in its turn, and back in any', async () => {
  expect(switchboard.move(3, 1, 0)).toBe(true);
  await told({ kind: 'moved', seat: 3, target: 1, turn: 1, why: 'asked' });
  expect(switchboard.move(3, 2, 0)).toBe(false);
  expect(switchboard.move(3, 0, 0)).toBe(true);
  await told({ kind: 'moved', seat: 3, target: 0, turn: 2, why: 'asked' });
});

test('of several moves in a row the last is told', async () => {
  switchboard.move(0, 1, 0);
  switchboard.move(0, 2, 1);
  await told({ kind: 'moved', seat: 0, target: 2, turn: 2, why: 'asked' });
});

test('the end of a domain’s process sends its seats home', async () => {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  switchboard.watchProcess(1, child.pid ?? 0);
  switchboard.move(0, 1, 0);
  switchboard.move(1, 2, 0);
  await expect.poll(() => events.length, { timeout: 60_000 }).toBe(2);
  events = [];
  child.kill('SIGKILL');
  await told({ kind: 'moved', seat: 0, target: 0, turn: 2, why: 'death' });
});

test('a process that has ended cannot be watched, and none need be', async () => {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  const error = thrownBy(() => switchboard.watchProcess(1, child.pid ?? 0));
  expect(error).toMatchObject({ code: 'ESRCH', syscall: 'pidfd_open' });
  switchboard.watchProcess(1, 0);
});

test('a trial that is over sends every seat home, and lets none go', async () => {
  switchboard.move(0, 1, 0);
  await told({ kind: 'moved', seat: 0, target: 1, turn: 1, why: 'asked' });
  switchboard.tryFor(1);
  await told({ kind: 'moved', seat: 0, target: 0, turn: 2, why: 'trial' });
  expect(switchboard.move(0, 1, 2)).toBe(false);
});

test('a trial that was taken back ends nothing', async () => {
  switchboard.tryFor(3_600_000);
  switchboard.tryFor(0);
  switchboard.move(0, 1, 0);
  await told({ kind: 'moved', seat: 0, target: 1, turn: 1, why: 'asked' });
});

test.each<[string, (of: Switchboard) => unknown]>([
  ['seat must be a whole number from 0 to 15', (of) => of.move(16, 0, 0)],
  ['target must be a whole number from 0 to 15', (of) => of.move(0, 16, 0)],
  ['turn must be a whole number', (of) => of.move(0, 0, -1)],
  ['target must be a whole number from 0 to 15', (of) => of.watchProcess(16, 0)],
  ['pid must be a whole number', (of) => of.watchProcess(1, 1.5)],
  ['ms must be a whole number', (of) => of.tryFor(-1)],
  ['device must be a whole number', (of) => of.capabilities('1' as never)],
  [
    'name must be a string of at most 79 bytes',
    (of) => of.createProxy('x'.repeat(80), '', 'keyboard'),
  ],
  [
    'phys must be a string of at most 79 bytes',
    (of) => of.createProxy('', 'x'.repeat(80), 'keyboard'),
  ],
  [
    "like must be 'keyboard', 'pointer' or a Buffer",
    (of) => of.createProxy('', '', 'mouse' as never),
  ],
  ['uinput must be a whole number', (of) => of.adoptProxy(-1, 0)],
  ['node must be a whole number', (of) => of.adoptProxy(0, -1)],
  ['path must be a string', (of) => of.openNode(1, 7 as never)],
])('what is no such argument is refused: %s', (message, call) => {
  const error = thrownBy(() => call(switchboard));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringContaining(message) });
});

test.each<[string, (of: Switchboard) => unknown]>([
  ['the capabilities of a device', (of) => of.capabilities(0)],
  ['the capabilities of another device', (of) => of.capabilities(99)],
  ['the folder of a proxy', (of) => of.proxyFolder(99)],
  ['the node of a proxy', (of) => of.openNode(0, '/dev/null')],
  ['the node of another proxy', (of) => of.openNode(99, '/dev/null')],
  ['the descriptors of a proxy', (of) => of.descriptors(99)],
])('%s that there is not cannot be had', (_name, call) => {
  expect(thrownBy(() => call(switchboard))).toMatchObject({ code: 'EBADF' });
});

test('a proxy that there is not has been sent nothing', () => {
  expect([switchboard.written(0), switchboard.written(99)]).toEqual([0, 0]);
});

test.each([0, 7, 4096])('capabilities of another version (%i bytes) make no proxy', (bytes) => {
  const capabilities = Buffer.alloc(bytes, 0xff);
  expect(thrownBy(() => switchboard.createProxy('name', 'phys', capabilities))).toMatchObject({
    code: 'EINVAL',
    syscall: 'createProxy',
  });
});

test('descriptors that are no proxy’s are not taken over, and stay the caller’s', () => {
  const fds = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')] as const;
  const before = openFiles();
  expect(thrownBy(() => switchboard.adoptProxy(...fds))).toMatchObject({ code: 'ENOTTY' });
  expect(openFiles()).toBe(before);
  for (const fd of fds) closeSync(fd);
});

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}
