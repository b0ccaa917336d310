/**
 * The QEMU process. Should this process be killed, the kernel kills QEMU (PR_SET_PDEATHSIG), so no
 * machine outlives the one who asked for it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { reasonOf } from '../../src/errors.ts';
import { LabFailure } from './failure.ts';

export interface Qemu {
  /** Rejects with a LabFailure when QEMU ends without being asked. */
  lost: Promise<never>;
  /** Aborted when QEMU has ended, whatever the reason. */
  gone: AbortSignal;
  /** What the machine printed last on its serial console. */
  lastWords(): string;
  /** Ends QEMU and removes its folder. */
  end(): Promise<void>;
}

const patienceMs = 5000;

/** Starts QEMU on a machine whose sockets and `console` lie in the folder; owns the folder. */
export function startQemu(args: string[], folder: string): Qemu {
  // In a process group of its own: the terminal's Ctrl-C is for us, and we end QEMU in order.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args], {
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new AbortController();
  const lost = Promise.withResolvers<never>();
  // Whoever cares waits for it elsewhere; without this, not caring would end the program.
  lost.promise.catch(() => {});
  let errors = '';
  let isAsked = false;

  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.on('error', (error) => {
    lost.reject(new LabFailure(`QEMU cannot be started by setpriv: ${reasonOf(error)}.`));
    finish();
  });
  child.on('close', (code) => {
    if (!isAsked) lost.reject(new LabFailure(story(code)));
    finish();
  });

  function story(code: number | null): string {
    if (code === 127) return 'QEMU is missing: install qemu-system-x86.';
    return `The virtual host ended by itself: ${errors.trim() || lastWords() || 'it said nothing'}`;
  }

  function lastWords(): string {
    const path = `${folder}/console`;
    if (!existsSync(path)) return '';
    return readFileSync(path, 'utf8').trim().split('\n').slice(-40).join('\n');
  }

  function finish(): void {
    rmSync(folder, { recursive: true, force: true });
    gone.abort(new Error('QEMU has ended'));
  }

  return {
    lost: lost.promise,
    gone: gone.signal,
    lastWords,
    async end() {
      isAsked = true;
      if (gone.signal.aborted) return;
      child.kill('SIGTERM');
      setTimeout(patienceMs, undefined, { signal: gone.signal }).then(
        () => child.kill('SIGKILL'),
        () => {},
      );
      await once(gone.signal, 'abort');
    },
  };
}
