/** Makes the virtual host's disk, and explains why it could not be made. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { isErrno, reasonOf } from '../../../src/errors.ts';
import { LabFailure } from '../failure.ts';
import { mmdebstrapSteps, recipe, type Step } from './recipe.ts';

/** Rejects with a LabFailure, or with the signal's reason once all that it started has ended. */
export async function buildImage(
  folder: string,
  log: string,
  tell: (step: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await using output = await open(log, 'w');
  let told = '';
  const tellOnce = (title: string) => {
    if (title !== told) tell(`disk: ${title}`);
    told = title;
  };
  // Only the first program is worth watching.
  const watch = setInterval(() => tellOnce(stepIn(readFileSync(log, 'utf8')) ?? told), pollMs);
  try {
    for (const step of await recipe(folder)) {
      tellOnce(step.title);
      await runStep(step, output.fd, signal);
      clearInterval(watch);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : await explained(error, log);
  } finally {
    clearInterval(watch);
  }
}

const pollMs = 250;

/** What mmdebstrap, the first of the programs, was doing last. */
function stepIn(text: string): string | undefined {
  const begins = (line: string) => `\n${text}`.includes(`\n${line}`);
  return Object.entries(mmdebstrapSteps).findLast(([line]) => begins(line))?.[1];
}

/**
 * The program writes into the log itself: should this process be killed, it goes on undisturbed, and
 * in the end mmdebstrap undoes its mounts and removes its tree.
 */
async function runStep(
  { command, args }: Step,
  output: number,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  // In a process group of its own, because mmdebstrap leaves it to its children to heed a signal,
  // and itself sends one to its whole group when it fails.
  const child = spawn(command, args, {
    detached: true,
    env: { ...process.env, LC_ALL: 'C.UTF-8', PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    stdio: ['ignore', output, output],
  });
  const stop = () => endGroup(child);
  signal.addEventListener('abort', stop);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${command} failed`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
}

async function explained(cause: unknown, log: string): Promise<LabFailure> {
  const text = await readFile(log, 'utf8').catch(() => '');
  if (isErrno(cause, 'ENOENT')) {
    return new LabFailure(
      'mmdebstrap, resize2fs or tune2fs is missing. Install the packages mmdebstrap, genext2fs and e2fsprogs.',
    );
  }
  if (/No space left on device/.test(text)) {
    return new LabFailure(
      `The disk filled up while the virtual host's disk was being made (see ${log}). Free 3 GB and run this again.`,
    );
  }
  if (
    /Could not (resolve|connect)|Temporary failure resolving|Failed to fetch|no network/i.test(text)
  ) {
    return new LabFailure(
      `Debian's packages could not be fetched (see ${log}). The first run needs the network, or a proxy in http_proxy; later runs do not.`,
    );
  }
  if (/unable to pick chroot mode|unshare the user namespace|unshare\(\) failed/.test(text)) {
    return new LabFailure(
      "Making the virtual host's disk as an ordinary user takes a user namespace, which this machine does not give you. Have root add a range of ids (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 YOU) and allow user namespaces, or run this as root.",
    );
  }
  // The errors after the first only follow from it, and some quote a whole command line.
  const first = /^E: (.{1,300})/m.exec(text)?.[1] ?? reasonOf(cause);
  return new LabFailure(
    `Making the virtual host's disk failed: ${first}. The whole story is in ${log}.`,
  );
}
