import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { checkSharedMemory } from '../../src/daemon/shared-memory.ts';
import type { HandglassError } from '../../src/errors.ts';
import { filesUnder } from '../../src/host/files.ts';

const path = '/dev/shm/looking-glass';
const mib = 1024 ** 2;

/** A machine on which alice is whoever runs the test, and kvm their group. */
async function start({ owner = 'alice' } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'handglass-shared-memory-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(join(root, '/dev/shm'), { recursive: true });
  const asked: string[] = [];
  const accounts = new Map([
    ['passwd alice', `alice:x:${process.getuid?.()}:0::/:/bin/sh\n`],
    ['group kvm', `kvm:x:${process.getgid?.()}:\n`],
  ]);
  const host = {
    ...filesUnder(root, () => {}),
    async run(_command: string, args: readonly string[]) {
      const account = args.filter((word) => word !== '--').join(' ');
      asked.push(account);
      const stdout = accounts.get(account) ?? '';
      return { stdout, stderr: '', exitCode: stdout === '' ? 2 : 0, timedOut: false };
    },
  };
  const told: HandglassError[][] = [];
  const use = { width: 2560, height: 1440, hdr: false, for: 'any' as const };
  const entry = { domain: 'win10', path, owner, group: 'kvm', mode: 0o660, ...use };
  const look = checkSharedMemory(host, [entry], (errors) => told.push([...errors]));
  const file = join(root, path);
  return {
    look,
    asked,
    accounts,
    told,
    make: async (bytes: number, mode: number) => {
      await writeFile(file, '');
      await truncate(file, bytes);
      await chmod(file, mode);
    },
    found: async () => {
      const before = told.length;
      look();
      await vi.waitUntil(() => told.length > before, { interval: 5, timeout: 60_000 });
      return told.at(-1)?.map(({ code, what, remedy }) => ({ code, what, remedy }));
    },
  };
}

test('what is wrong with a file is told with its remedy, and no more once it is mended', async () => {
  const { make, found } = await start();
  await make(32 * mib, 0o600);
  expect(await found()).toEqual([
    {
      code: 'shm-failed',
      what: `${path}: It has 32 MiB, and its resolution needs 64 MiB.`,
      remedy: 'Run `sudo handglass shm create`. Shut the domain down and end the client before.',
    },
    {
      code: 'shm-failed',
      what: `${path}: QEMU or the client may be kept out: its mode is 0600 and not 0660.`,
      remedy: 'Run `sudo handglass shm create`.',
    },
  ]);
  await make(64 * mib, 0o660);
  expect(await found()).toEqual([]);
});

test('that there is no file is told elsewhere', async () => {
  const { found } = await start();
  expect(await found()).toEqual([]);
});

test('who is known is not asked for again, and who is not may come', async () => {
  const { make, found, asked, accounts } = await start({ owner: 'bob' });
  await make(64 * mib, 0o660);
  expect(await found()).toMatchObject([
    {
      what: `${path}: There is no user bob on this machine.`,
      remedy: expect.stringMatching(/^Write the name/),
    },
  ]);
  accounts.set('passwd bob', accounts.get('passwd alice') ?? '');
  expect(await found()).toEqual([]);
  expect(await found()).toEqual([]);
  expect(asked.toSorted()).toEqual(['group kvm', 'passwd bob', 'passwd bob']);
});

test('looks that are due together are two', async () => {
  const { make, look, told } = await start();
  await make(64 * mib, 0o644);
  for (let turn = 0; turn < 10; turn += 1) look();
  await vi.waitUntil(() => told.length === 2, { interval: 5, timeout: 60_000 });
  look();
  await vi.waitUntil(() => told.length === 3, { interval: 5, timeout: 60_000 });
  expect(told.map(({ length }) => length)).toEqual([1, 1, 1]);
});
