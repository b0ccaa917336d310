import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handglass-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a script of the outside goes on after a reset, and second terminals join it', async () => {
  const script = join(folder, 'script');
  writeFileSync(
    script,
    `#!/bin/sh
     echo "boot $LAB_BOOT: $(cat)"
     until [ -e /tmp/go ]; do sleep 0.1; done
     [ $LAB_BOOT = 2 ] || { labctl reboot; sleep 600; }
     echo done >&2
     exit 7`,
  );
  const lab = start([process.execPath, main, '--boot', 'bare', '--exec', script]);
  lab.child.stdin?.end('input');
  // A reset takes with it what has been printed and not yet read.
  await vi.waitUntil(() => lab.stdout().includes('boot 1: input\n'), patience);
  await start([process.execPath, main, '--attach', '--', 'touch', '/tmp/go']).ended;
  await vi.waitUntil(() => lab.stdout().includes('boot 2: input\n'), patience);

  const attached = start([process.execPath, main, '--attach']);
  attached.child.stdin?.end('echo joined; exit 5');

  expect(await attached.ended).toBe(5);
  expect(attached.stdout()).toBe('joined\n');
  // Its end is that of the machine, whichever comes first.
  const last = start([process.execPath, main, '--attach', '--', 'touch', '/tmp/go']);
  expect(await lab.ended).toBe(7);
  await last.ended;
  expect(lab.stdout()).toBe('boot 1: input\nboot 2: input\n');
  expect(lab.stderr()).toBe('booting (bare)\nbooting again\ndone\n');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s, also twice, ends the machine; the status is %i', async (signal, status) => {
  const lab = start([process.execPath, main, '--boot', 'bare', '--', 'true']);
  const qemu = await qemuPid();

  lab.child.kill(signal);
  lab.child.kill(signal);

  expect(await lab.ended).toBe(status);
  await gone(qemu);
  expect(readdirSync(folder)).toEqual([]);
});

test('a reader of the output that leaves ends the machine', async () => {
  const lab = start([process.execPath, main, '--boot', 'bare', '--', 'yes']);
  await vi.waitUntil(() => lab.stdout() !== '', patience);
  const qemu = await qemuPid();

  lab.child.stdout?.destroy();

  expect(await lab.ended).toBe(141);
  await gone(qemu);
});

test('nothing is left when the program is killed, and the next one clears up', async () => {
  const lab = start([process.execPath, main, '--boot', 'bare', '--', 'true']);
  const qemu = await qemuPid();

  lab.child.kill('SIGKILL');

  await gone(qemu);
  expect(readdirSync(folder)).toHaveLength(1);
  const next = start([process.execPath, main, '--boot', 'bare', '--', 'true']);
  await qemuPid();
  expect(readdirSync(folder)).toHaveLength(1);
  next.child.kill();
  await next.ended;
});

test.each([
  ['the shell that started it', 0],
  ['npm, which started the shell', 1],
])('nothing is left when %s is killed', async (_, generation) => {
  const command = `"${process.execPath}" "${main}" --boot bare -- true; true`;
  const shell = `process.title = 'npm run lab'; require('child_process').spawn('sh', ['-c', process.argv[1]])`;
  const npm = start([process.execPath, '-e', shell, command], { npm_lifecycle_event: 'lab' });
  const qemu = await qemuPid();
  const node = parentOf(qemu);
  const ancestors = [parentOf(node), parentOf(parentOf(node))];
  expect(ancestors[1]).toBe(npm.child.pid);

  process.kill(ancestors[generation] ?? 0, 'SIGKILL');

  await gone(node);
  await gone(qemu);
  npm.child.kill();
  await npm.ended;
});

const patience = { timeout: 240_000, interval: 50 };

function start([program = '', ...args]: string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, { env: { ...process.env, XDG_RUNTIME_DIR: folder, ...env } });
  const ended = once(child, 'close').then(([status]) => status as number | null);
  return { child, ended, stdout: collected(child.stdout), stderr: collected(child.stderr) };
}

function collected(stream: ChildProcess['stdout']): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** Waits for the QEMU whose sockets lie in our folder, and gives its process id. */
async function qemuPid(): Promise<number> {
  return Number(await vi.waitUntil(() => readdirSync('/proc').find(isQemu), patience));
}

function isQemu(pid: string): boolean {
  const commandLine = /^\d+$/.test(pid) ? read(`/proc/${pid}/cmdline`) : '';
  return commandLine.startsWith('qemu-system') && commandLine.includes(folder);
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]);
}

async function gone(pid: number): Promise<void> {
  // One that nobody has waited for yet is there, and has no command line any more.
  await vi.waitUntil(() => read(`/proc/${pid}/cmdline`) === '', patience);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
}
