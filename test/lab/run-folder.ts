/** Where a running virtual host keeps its sockets: a folder named after the process that holds it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../../src/errors.ts';
import { LabFailure } from './failure.ts';

/** Second terminals join a virtual host of their own checkout. */
const checkout = createHash('sha256')
  .update(import.meta.dirname)
  .digest('hex')
  .slice(0, 8);
const namePattern = /^handglass-lab-(\d+)-([^-]*)/;

/** Makes a folder that only this user can enter, and removes those whose process was killed. */
export function makeRunFolder(): string {
  const parent = parentFolder();
  try {
    mkdirSync(parent, { recursive: true });
    for (const { path, alive } of runFolders()) {
      if (!alive) rmSync(path, { recursive: true, force: true });
    }
    return mkdtempSync(join(parent, `handglass-lab-${process.pid}-${checkout}-`));
  } catch (error) {
    throw new LabFailure(
      `The virtual host's sockets have no place: ${reasonOf(error)}. Set XDG_RUNTIME_DIR to a folder that you may write to.`,
    );
  }
}

/** The folders of this user's virtual hosts of this checkout, the newest first. */
export function runningLabs(): string[] {
  return runFolders()
    .filter(({ alive, ours }) => alive && ours)
    .toSorted((a, b) => b.madeAt - a.madeAt)
    .map(({ path }) => path);
}

function runFolders(): { path: string; madeAt: number; alive: boolean; ours: boolean }[] {
  const parent = parentFolder();
  return namesIn(parent).flatMap((name) => {
    const [, pid, place] = namePattern.exec(name) ?? [];
    const path = join(parent, name);
    const facts = pid === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (facts === undefined || facts.uid !== process.getuid?.()) return [];
    const alive = existsSync(`/proc/${pid}`);
    return [{ path, madeAt: facts.mtimeMs, alive, ours: place === checkout }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that is not there, or another user's, holds none of ours.
    return [];
  }
}

function parentFolder(): string {
  return process.env['XDG_RUNTIME_DIR'] || tmpdir();
}
