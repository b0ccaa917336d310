import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isYounger, qemuProcesses } from '../../src/domain/process.ts';
import { filesUnder } from '../../src/host/files.ts';

/** A program called qemu runs the domain of its first argument. */
const domains = {
  domainIn: ([program, name]: readonly string[]) => (program === 'qemu' ? (name ?? null) : null),
};

/** A machine with processes of these command lines, by their number. */
async function machine(commands: Record<string, string[] | null>) {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-process-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [pid, words] of Object.entries(commands)) {
    await mkdir(join(folder, 'proc', pid), { recursive: true });
    if (words === null) continue;
    const text = words.map((word) => `${word}\0`).join('');
    await writeFile(join(folder, 'proc', pid, 'cmdline'), text);
  }
  return filesUnder(folder, () => {});
}

test('the process of each domain is found among all others', async () => {
  const host = await machine({
    1: ['/sbin/init'],
    2: [],
    40: ['qemu', 'win10'],
    410: ['qemu', 'linux'],
    411: ['qemu', 'other'],
    // Ended between the look at the folder and the look into it.
    412: null,
    self: ['qemu', 'win10'],
  });
  expect(await qemuProcesses(host, domains, ['win10', 'linux', 'away'])).toEqual(
    new Map([
      ['win10', 40],
      ['linux', 410],
    ]),
  );
  expect(await qemuProcesses(host, domains, [])).toEqual(new Map());
});

test.each([
  { known: 40, found: 40, reason: 'it still runs' },
  { known: 41, found: 40, reason: 'another program has its number' },
  { known: 42, found: 40, reason: 'it has ended' },
])(
  'what was found before is looked for anew unless it holds: $reason',
  async ({ known, found }) => {
    const host = await machine({ 40: ['qemu', 'win10'], 41: ['bash'] });
    expect(await qemuProcesses(host, domains, ['win10'], new Map([['win10', known]]))).toEqual(
      new Map([['win10', found]]),
    );
  },
);

test('nothing is searched for while all that was found before holds', async () => {
  const files = await machine({ 40: ['qemu', 'win10'] });
  const host = { ...files, listFolder: () => Promise.reject(new Error('searched')) };
  const known = new Map([['win10', 40]]);
  expect(await qemuProcesses(host, domains, ['win10'], known)).toEqual(known);
});

test('a process into which nobody may look is passed over', async () => {
  const files = await machine({ 40: ['qemu', 'win10'], 41: ['secret'], 42: ['ended'] });
  const codes = new Map([
    ['/proc/41/cmdline', 'EACCES'],
    ['/proc/42/cmdline', 'ESRCH'],
  ]);
  const readText = async (path: string) => {
    const code = codes.get(path);
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    return files.readText(path);
  };
  expect(await qemuProcesses({ ...files, readText }, domains, ['win10'])).toEqual(
    new Map([['win10', 40]]),
  );
});

test('a process that cannot be read for another reason is an error', async () => {
  const files = await machine({ 40: [] });
  const failure = Object.assign(new Error('EIO'), { code: 'EIO' });
  const host = { ...files, readText: () => Promise.reject(failure) };
  await expect(qemuProcesses(host, domains, ['win10'])).rejects.toBe(failure);
});

test('a process that was started after this one is younger, and what has ended is not', async () => {
  const host = filesUnder('/', () => {});
  const child = spawn('sleep', ['600']);
  onTestFinished(() => void child.kill());
  // The kernel counts ticks of a hundredth of a second.
  expect(await isYounger(host, child.pid ?? 0)).toBe(true);
  expect(await isYounger(host, process.ppid)).toBe(false);
  expect(await isYounger(host, process.pid)).toBe(false);
  expect(await isYounger(host, 2 ** 22 + 1)).toBe(false);
});
