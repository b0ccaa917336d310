/** A real QEMU for tests: paused, without a guest or KVM, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import { sockets } from '../../src/host/sockets.ts';
import { connectQmp, type QmpConnection } from '../../src/qemu/qmp-connection.ts';

export interface RealQemu {
  socket: string;
  /** Starts it, once or anew; resolves when it listens. */
  start(): Promise<RunningQemu>;
}

export interface RunningQemu {
  pid: number;
  /** A connection of the test's own, to another socket. */
  monitor: QmpConnection;
  /** Kills it; resolves when it has ended. */
  end: () => Promise<void>;
}

/** @param more further arguments */
export function realQemu(...more: string[]): RealQemu {
  const folder = mkdtempSync(join(tmpdir(), 'handglass-qemu-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [socket, own] = [join(folder, 'win10.qmp'), join(folder, 'own.qmp')];
  const listening = [socket, own].flatMap((path) => ['-qmp', `unix:${path},server=on,wait=off`]);
  const machine = '-S -machine q35,accel=tcg -m 32 -display none -nodefaults';
  const args = [...machine.split(' '), ...listening, ...more];
  return {
    socket,
    async start() {
      const child = spawn('qemu-system-x86_64', args, { stdio: 'ignore' });
      onTestFinished(() => ended(child));
      const monitor = await vi.waitUntil(() => connected(own), { interval: 20, timeout: 60_000 });
      return { pid: child.pid ?? 0, monitor, end: () => ended(child) };
    },
  };
}

async function connected(path: string): Promise<QmpConnection | null> {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  return connectQmp({ ...sockets, ...clock }, path, () => {}, ending.signal).catch(() => null);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
