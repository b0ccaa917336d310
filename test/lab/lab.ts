/**
 * Boots the virtual host and holds it: whoever boots it ends it. Should this process be killed,
 * the kernel kills QEMU (PR_SET_PDEATHSIG), so no machine outlives the one who asked for it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { reasonOf } from '../../src/errors.ts';
import { type Control, controlOver } from './control.ts';
import { LabFailure } from './failure.ts';
import { qemuArguments } from './hardware.ts';
import { ensureImage } from './image/image.ts';
import { connectQmp } from './qmp.ts';
import { openSessions, type Sessions } from './sessions.ts';

export interface LabOptions {
  /** `systemd`: the whole system. `bare`: udev and libvirtd alone, in half the time. */
  boot: 'systemd' | 'bare';
  accel?: 'tcg' | 'kvm';
  tell?: (step: string) => void;
}

export interface Result {
  stdout: string;
  stderr: string;
  status: number;
}

export interface Lab {
  sessions: Sessions;
  /** Does what `labctl` does. */
  control: Control;
  /** Runs a command inside as root and collects what it prints. */
  run(command: readonly string[], input?: string): Promise<Result>;
  /** Runs the text of a shell script, likewise. */
  sh(script: string): Promise<Result>;
  /** Resets the machine and waits until it takes commands again. */
  reboot(): Promise<void>;
  /** Rejects with a LabFailure when QEMU ends without being asked. */
  lost: Promise<never>;
  end(): Promise<void>;
}

const checkout = join(import.meta.dirname, '../..');
const bootLimitMs = 240_000;

/** Rejects with a LabFailure when the machine cannot be had. */
export async function bootLab({ boot, accel = 'tcg', tell = () => {} }: LabOptions): Promise<Lab> {
  const image = await ensureImage(tell);
  tell(`booting (${boot})`);
  const folder = runFolder();
  const sockets = {
    qmp: join(folder, 'qmp'),
    agent: join(folder, 'agent'),
    labctl: join(folder, 'labctl'),
  };
  const consoleLog = join(folder, 'console');
  const kernelOptions = `lab.boot=${boot}`;
  const args = qemuArguments(image, checkout, sockets, consoleLog, { accel, kernelOptions });
  const qemu = startQemu(args, folder);
  const lost = qemuLost(qemu, consoleLog);
  try {
    return await Promise.race([connect(qemu, sockets, lost), lost, tooLate(consoleLog)]);
  } catch (error) {
    await endQemu(qemu);
    throw error;
  }
}

function runFolder(): string {
  const parent = process.env['XDG_RUNTIME_DIR'] ?? tmpdir();
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'handglass-lab-'));
}

/** In a process group of its own: the terminal's Ctrl-C is for us, and we end QEMU in order. */
function startQemu(args: string[], folder: string): ChildProcess {
  const command = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args];
  const qemu = spawn('setpriv', command, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  qemu.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return qemu;
}

async function qemuLost(qemu: ChildProcess, consoleLog: string): Promise<never> {
  let errors = '';
  qemu.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  // Read before the folder goes: listeners run in the order in which they were added.
  let printed = '';
  qemu.prependListener('exit', () => {
    printed = tail(consoleLog);
  });
  await once(qemu, 'exit').catch((error: unknown) => {
    throw new LabFailure(`QEMU cannot be started: ${reasonOf(error)}. Install qemu-system-x86.`);
  });
  const story = errors.trim() || printed || 'it said nothing';
  throw new LabFailure(`The virtual host ended by itself: ${story}`);
}

async function tooLate(consoleLog: string): Promise<never> {
  await setTimeout(bootLimitMs, undefined, { ref: false });
  throw new LabFailure(
    `The virtual host did not come up within ${bootLimitMs / 1000} s. Its console ended with: ${tail(consoleLog)}`,
  );
}

function tail(consoleLog: string): string {
  if (!existsSync(consoleLog)) return '';
  return readFileSync(consoleLog, 'utf8').trim().split('\n').slice(-8).join('\n');
}

async function connect(
  qemu: ChildProcess,
  sockets: { qmp: string; agent: string; labctl: string },
  lost: Promise<never>,
): Promise<Lab> {
  const agent = await connectWhenThere(sockets.agent);
  const labctl = await connectWhenThere(sockets.labctl);
  const qmp = await connectQmp(sockets.qmp);
  const sessions = openSessions(agent, { agentIsUp: false });
  const control = controlOver(qmp);
  qmp.on('RESET', () => sessions.reset());
  answer(labctl, control);
  await sessions.ready();

  async function run(command: readonly string[], input = ''): Promise<Result> {
    const output = { stdout: '', stderr: '' };
    const session = sessions.start(
      { command: [...command], env: {} },
      {
        stdout: (chunk) => (output.stdout += chunk.toString()),
        stderr: (chunk) => (output.stderr += chunk.toString()),
      },
    );
    session.write(Buffer.from(input));
    session.endInput();
    const status = await Promise.race([session.ended, lost]);
    if (status === 'rebooted') throw new LabFailure(`A reset ended ${command.join(' ')}.`);
    return { ...output, status };
  }

  return {
    sessions,
    control,
    run,
    sh: (script) => run(['sh', '-c', script]),
    async reboot() {
      const reset = new Promise<void>((resolve) => qmp.on('RESET', () => resolve()));
      await run(['sync']);
      await control('reboot');
      await reset;
      await Promise.race([sessions.ready(), lost]);
    },
    lost,
    end: () => endQemu(qemu),
  };
}

async function connectWhenThere(path: string): Promise<Socket> {
  while (true) {
    const socket = createConnection(path);
    try {
      await once(socket, 'connect');
      // QEMU's end is told by its exit.
      socket.on('error', () => socket.destroy());
      return socket;
    } catch {
      await setTimeout(20);
    }
  }
}

/** Each line that labctl writes gets one line back: `ok`, or what is wrong. */
function answer(labctl: Socket, control: Control): void {
  createInterface({ input: labctl }).on('line', (request) => {
    control(request).then(
      () => labctl.write('ok\n'),
      (error: unknown) => labctl.write(`${reasonOf(error)}\n`),
    );
  });
}

async function endQemu(qemu: ChildProcess): Promise<void> {
  if (qemu.exitCode !== null || qemu.signalCode !== null || qemu.pid === undefined) return;
  const exited = once(qemu, 'exit');
  qemu.kill('SIGTERM');
  const patience = new AbortController();
  setTimeout(5000, undefined, { signal: patience.signal }).then(
    () => qemu.kill('SIGKILL'),
    () => {},
  );
  await exited;
  patience.abort();
}
