import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import { qemuProcesses } from '../../src/libvirt/process.ts';

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

const qemu = (...name: string[]) => ['/usr/bin/qemu-system-x86_64', '-name', ...name, '-S'];

test('the process of each domain is found among all others', async () => {
  const host = await machine({
    1: ['/sbin/init'],
    2: [],
    40: qemu('guest=win10,debug-threads=on'),
    410: qemu('guest=linux,debug-threads=on'),
    411: qemu('guest=other,debug-threads=on'),
    // Ended between the look at the folder and the look into it.
    412: null,
    self: qemu('guest=win10,debug-threads=on'),
  });
  expect(await qemuProcesses(host, ['win10', 'linux', 'away'])).toEqual(
    new Map([
      ['win10', 40],
      ['linux', 410],
    ]),
  );
  expect(await qemuProcesses(host, [])).toEqual(new Map());
});

test.each([
  { words: qemu('guest=win10,debug-threads=on'), domain: 'win10', found: true },
  { words: qemu('guest=win10'), domain: 'win10', found: true },
  { words: qemu('guest=a,,b,debug-threads=on'), domain: 'a,b', found: true },
  { words: qemu('guest=a,,,,b'), domain: 'a,,b', found: true },
  { words: qemu('guest=a,,,debug-threads=on'), domain: 'a,', found: true },
  { words: qemu('guest=a,,debug-threads=on'), domain: 'a', found: false },
  { words: qemu('guest=win10,debug-threads=on'), domain: 'win1', found: false },
  { words: qemu('guest=it\'s "a" & b,debug-threads=on'), domain: 'it\'s "a" & b', found: true },
  { words: qemu('guest=a=b,debug-threads=on'), domain: 'a=b', found: true },
  { words: qemu('win10'), domain: 'win10', found: false },
  { words: ['guest=win10', '-S'], domain: 'win10', found: false },
  { words: ['grep', '-name'], domain: 'win10', found: false },
])('$words is the process of $domain: $found', async ({ words, domain, found }) => {
  const processes = await qemuProcesses(await machine({ 40: words }), [domain]);
  expect(processes).toEqual(new Map(found ? [[domain, 40]] : []));
});

test('a process into which nobody may look is passed over', async () => {
  const files = await machine({
    40: qemu('guest=win10,debug-threads=on'),
    41: ['/usr/bin/secret'],
    42: ['/usr/bin/ended'],
  });
  const codes = new Map([
    ['/proc/41/cmdline', 'EACCES'],
    ['/proc/42/cmdline', 'ESRCH'],
  ]);
  const readText = async (path: string) => {
    const code = codes.get(path);
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    return files.readText(path);
  };
  expect(await qemuProcesses({ ...files, readText }, ['win10'])).toEqual(new Map([['win10', 40]]));
});

test('a process that cannot be read for another reason is an error', async () => {
  const files = await machine({ 40: [] });
  const failure = Object.assign(new Error('EIO'), { code: 'EIO' });
  const host = { ...files, readText: () => Promise.reject(failure) };
  await expect(qemuProcesses(host, ['win10'])).rejects.toBe(failure);
});
