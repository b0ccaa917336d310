/** Boots the virtual host, or resumes one that was saved, and holds it: whoever has it ends it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { reasonOf } from '../../src/errors.ts';
import { serveAttach } from './attach.ts';
import { passing, prepareCache } from './cache.ts';
import { makeCheckoutDisk } from './checkout-disk.ts';
import { type Control, controlOver } from './control.ts';
import { emptyDisc } from './disc.ts';
import { LabFailure } from './failure.ts';
import { type Disks, qemuArguments, type Sockets } from './hardware.ts';
import { ensureImage, type Image } from './image/image.ts';
import { startQemu, type Qemu } from './qemu.ts';
import { readState, writeState } from './machine-state.ts';
import { openQmp } from './qmp.ts';
import { makeRunFolder } from './run-folder.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { aborted } from './stop-signal.ts';

export interface LabOptions {
  /** `systemd`: the whole system. `bare`: udev and libvirtd alone, in half the time. */
  boot: 'systemd' | 'bare';
  accel?: 'tcg' | 'kvm';
  /** 1 unless told: a second one helps a virtual host that is alone, and not two at once. */
  processors?: 1 | 2;
  /**
   * One emulated processor whose clock counts its instructions, a nanosecond each, and skips the time
   * that it has nothing to do: times inside are the same on every machine. In place of `accel`.
   */
  icount?: boolean;
  /** Words for the kernel, behind all others. */
  kernelOptions?: string;
  /** The folder that is to hold its disks, for one that is saved. */
  disksIn?: string;
  tell?: (step: string) => void;
  /** Ends the making of the image or the boot. A machine that is up is ended by `end`. */
  signal?: AbortSignal;
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
  /** Writes what is in its memory and in its devices to a file, and ends it. */
  save(path: string): Promise<void>;
  /** Rejects with a LabFailure when QEMU ends without being asked. */
  lost: Promise<never>;
  end(): Promise<void>;
}

/** Of each try. The last is long enough for a disk that is busy still with the making of the image. */
const bootLimitsMs = [240_000, 240_000, 600_000];
const resumeLimitMs = 240_000;

/**
 * QEMU saves no USB device's configuration: a resumed one says that it has none, which QEMU believes where
 * it is passed through, and leaves its driver on it. A reset gives it back what the kernel knows. A device has
 * no number while it is reset: all are read before the first.
 */
const configureUsb = `cd /sys/bus/usb/devices
devices=$(for port in $(ls | grep -x '[0-9]*-[0-9.]*'); do
  printf '/dev/bus/usb/%03d/%03d\n' $(cat "$port/busnum" "$port/devnum")
done)
# USBDEVFS_RESET
reset='open F, "+<", $ARGV[0] and ioctl F, 0x5514, 0 or die "$ARGV[0]: $!\n"'
echo "$devices" | xargs --max-args=1 --max-procs=0 perl -e "$reset" 2>&1`;

/**
 * Rejects with a LabFailure when the machine cannot be had, and with the signal's reason. Seldom, two
 * emulated processors wait for each other for ever, whether the kernel says so or not; then it is booted
 * anew.
 */
export async function bootLab(
  options: LabOptions,
  [limitMs = 0, ...laterMs]: readonly number[] = bootLimitsMs,
): Promise<Lab> {
  try {
    return await bootOnce(options, limitMs);
  } catch (error) {
    if (!(error instanceof Stuck) || laterMs.length === 0) throw error;
    options.tell?.('the virtual host stands still: booting anew');
    return bootLab(options, laterMs);
  }
}

class Stuck extends LabFailure {}

async function bootOnce(options: LabOptions, limitMs: number): Promise<Lab> {
  const { boot, disksIn, tell = () => {}, signal = new AbortController().signal } = options;
  const image = await ensureImage(tell, signal);
  tell(`booting (${boot})`);
  if (disksIn !== undefined) {
    const disks = keptDisks(disksIn);
    await promisify(execFile)('cp', ['--sparse=always', image.disk, disks.root]);
    await makeCheckoutDisk(disks.checkout);
    return start(image, disks, options, limitMs);
  }
  const checkout = passing(`checkout-${randomUUID()}`);
  try {
    await prepareCache();
    await makeCheckoutDisk(checkout);
    return await start(image, { root: image.disk, checkout, keep: false }, options, limitMs);
  } finally {
    // QEMU has it open.
    await rm(checkout, { force: true });
  }
}

/**
 * Goes on with a machine that was booted with its disks in this folder, and saved there as `state`. What
 * was saved stays as it is.
 */
export async function resumeLab(folder: string, options: LabOptions): Promise<Lab> {
  const { tell = () => {}, signal = new AbortController().signal } = options;
  const image = await ensureImage(tell, signal);
  const disks = { ...keptDisks(folder), keep: false };
  return start(image, disks, options, resumeLimitMs, join(folder, 'state'));
}

/** Of a machine that is saved. */
function keptDisks(folder: string): Disks {
  return { root: join(folder, 'root'), checkout: join(folder, 'checkout'), keep: true };
}

/** Starts QEMU on disks, with a machine that boots, or one whose state was saved. */
async function start(
  image: Image,
  disks: Disks,
  {
    boot,
    accel = 'tcg',
    processors = 1,
    icount = false,
    kernelOptions = '',
    signal = new AbortController().signal,
  }: LabOptions,
  limitMs: number,
  state?: string,
): Promise<Lab> {
  const folder = makeRunFolder();
  const sockets = {
    qmp: join(folder, 'qmp'),
    agent: join(folder, 'agent'),
    labctl: join(folder, 'labctl'),
  };
  const console = join(folder, 'console');
  const disc = join(folder, 'disc');
  writeFileSync(disc, emptyDisc());
  const words = `lab.boot=${boot} ${kernelOptions}`;
  const options = { accel, processors, icount, kernelOptions: words };
  const args = qemuArguments(image, { ...disks, disc }, sockets, console, options);
  const qemu = startQemu(state === undefined ? args : [...args, '-incoming', 'defer'], folder);
  try {
    const lab = connect(qemu, folder, sockets, state);
    const late = tooLate(qemu, limitMs);
    return await Promise.race([lab, qemu.lost, aborted(signal), late, stuck(qemu, lab)]);
  } catch (error) {
    await qemu.end();
    throw error;
  }
}

async function tooLate(qemu: Qemu, limitMs: number): Promise<never> {
  await setTimeout(limitMs, undefined, { ref: false });
  throw new Stuck(
    `The virtual host did not come up within ${limitMs / 1000} s. Leave out --accel kvm if it was given. The console ended with: ${qemu.lastWords()}`,
  );
}

/** Rejects once the kernel says that a processor has been stuck for more than a minute and a half. */
async function stuck(qemu: Qemu, lab: Promise<Lab>): Promise<Lab> {
  const found = Promise.withResolvers<never>();
  const look = setInterval(() => {
    if (/soft lockup - CPU#\d+ stuck for \d{3,}s/.test(qemu.lastWords())) {
      found.reject(new Stuck('The processors of the virtual host wait for each other.'));
    }
  }, 5000);
  qemu.gone.addEventListener('abort', () => clearInterval(look));
  try {
    return await Promise.race([lab, found.promise]);
  } finally {
    clearInterval(look);
  }
}

async function connect(qemu: Qemu, folder: string, sockets: Sockets, state?: string): Promise<Lab> {
  const agent = await connectWhenThere(sockets.agent, qemu.gone);
  const labctl = await connectWhenThere(sockets.labctl, qemu.gone);
  const qmp = await openQmp(await connectWhenThere(sockets.qmp, qemu.gone));
  const sessions = openSessions(agent, { agentIsUp: state !== undefined });
  const control = controlOver(qmp);
  qmp.on('RESET', () => sessions.reset());
  answer(labctl, control);
  serveAttach(folder, sessions, qemu.gone);
  await sessions.ready();
  if (state !== undefined) {
    await readState(qmp, state);
    // Its clock stands where it was saved.
    await run(['date', '--set', new Date().toISOString()]);
    const { status, stdout } = await run(['sh', '-c', configureUsb]);
    if (status !== 0) throw new LabFailure(`Its USB devices could not be reset: ${stdout}`);
  }

  async function run(command: readonly string[], input = ''): Promise<Result> {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const session = sessions.start(
      { command: [...command], env: {} },
      { stdout: (chunk) => stdout.push(chunk), stderr: (chunk) => stderr.push(chunk) },
    );
    session.write(Buffer.from(input));
    session.endInput();
    const status = await Promise.race([session.ended, qemu.lost]);
    if (status === 'rebooted') throw new LabFailure(`A reset ended ${command.join(' ')}.`);
    return { stdout: textOf(stdout), stderr: textOf(stderr), status };
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
      await Promise.race([sessions.ready(), qemu.lost]);
    },
    async save(path) {
      await writeState(qmp, path);
      await qemu.end();
    },
    lost: qemu.lost,
    end: () => qemu.end(),
  };
}

function textOf(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString();
}

async function connectWhenThere(path: string, gone: AbortSignal): Promise<Socket> {
  while (true) {
    const socket = createConnection(path);
    try {
      await once(socket, 'connect');
      // QEMU's end is told by its exit.
      socket.on('error', () => {});
      return socket;
    } catch {
      await setTimeout(20, undefined, { signal: gone });
    }
  }
}

/** Each line that labctl writes gets one line back: `ok`, or what is wrong. */
function answer(labctl: Socket, control: Control): void {
  const lines = createInterface({ input: labctl });
  lines.on('error', () => {});
  lines.on('line', (request) => {
    control(request).then(
      () => labctl.write('ok\n'),
      (error: unknown) => labctl.write(`${reasonOf(error)}\n`),
    );
  });
}
