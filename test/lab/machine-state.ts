/** A whole machine, its memory and its devices, written to a file and read from one by QEMU. */
import { setTimeout } from 'node:timers/promises';
import { shellWord } from '../../src/doctor/shell-word.ts';
import { LabFailure } from './failure.ts';
import type { Qmp } from './qmp.ts';

/** Stops the machine for good: another QEMU is to go on with it. */
export async function writeState(qmp: Qmp, path: string): Promise<void> {
  await qmp.execute('stop');
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': unlimited });
  await qmp.execute('migrate', { uri: `exec:cat > ${shellWord(path)}` });
  for (;;) {
    const answer = await qmp.execute('query-migrate');
    const { status, 'error-desc': reason } = answer as { status: string; 'error-desc'?: string };
    if (status === 'completed') return;
    if (status === 'failed') {
      throw new LabFailure(`The virtual host cannot be saved: ${reason ?? 'QEMU says no reason'}.`);
    }
    await setTimeout(pauseMs);
  }
}

/** Of a QEMU that waits for it (`-incoming defer`), which ends if it cannot be read. */
export async function readState(qmp: Qmp, path: string): Promise<void> {
  await qmp.execute('migrate-incoming', { uri: `exec:cat ${shellWord(path)}` });
  for (;;) {
    const { status } = (await qmp.execute('query-status')) as { status: string };
    if (status !== 'inmigrate') break;
    await setTimeout(pauseMs);
  }
  await qmp.execute('cont');
}

const unlimited = 1e12;
const pauseMs = 50;
