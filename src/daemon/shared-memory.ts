import type { LookingGlass } from '../config/schema.ts';
import { errorFrom } from '../doctor/check.ts';
import { sharedMemoryChecks } from '../doctor/looking-glass-checks.ts';
import { readSharedMemory } from '../doctor/read-shared-memory.ts';
import type { HandglassError } from '../errors.ts';
import type { ReadFiles, Run, RunResult } from '../host/ports.ts';

/**
 * Gives a function that looks how the files of Looking Glass are, by the doctor's own checks, and tells
 * what is a problem. That a file is missing is told with the file itself.
 */
export function checkSharedMemory(
  machine: ReadFiles & Run,
  entries: readonly LookingGlass[],
  tell: (errors: readonly HandglassError[]) => void,
): () => void {
  const host = { ...machine, run: knownOnce(machine) };
  let isLooking = false;
  let isDue = false;

  async function look(): Promise<void> {
    isLooking = true;
    do {
      isDue = false;
      const sharedMemory = await readSharedMemory(host, entries);
      const findings = sharedMemoryChecks.flatMap((check) => check.look({ sharedMemory }));
      const problems = findings.filter(({ verdict }) => verdict === 'problem');
      tell(problems.map((finding) => errorFrom('shm-failed', finding)));
    } while (isDue);
    isLooking = false;
  }

  return () => {
    isDue = true;
    if (!isLooking && entries.length > 0) void look();
  };
}

/** Who an account is changes less often than a file, and to ask starts a program. */
function knownOnce(machine: Run): Run['run'] {
  const known = new Map<string, RunResult>();
  return async (command, args, options) => {
    const key = [command, ...args].join(' ');
    const result = known.get(key) ?? (await machine.run(command, args, options));
    // Nobody by that name, who may come.
    if (result.stdout !== '') known.set(key, result);
    return result;
  };
}
