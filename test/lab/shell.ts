/** Shell commands inside the virtual host, for what has to be true there. */
import { setTimeout } from 'node:timers/promises';
import { LabFailure } from './failure.ts';
import type { Lab } from './lab.ts';

/** What a command prints; one that fails is an error with all that it said. */
export async function output(lab: Lab, script: string): Promise<string> {
  const { stdout, stderr, status } = await lab.sh(script);
  if (status === 0) return stdout.trim();
  throw new LabFailure(`"${script}" ended with ${status}: ${`${stderr}${stdout}`.trim()}`);
}

/** Runs a command again and again until it succeeds, and gives what it prints then. */
export async function until(lab: Lab, script: string): Promise<string> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const { stdout, stderr, status } = await lab.sh(script);
    if (status === 0) return stdout.trim();
    if (Date.now() > end) {
      throw new LabFailure(`"${script}" did not come true: ${`${stderr}${stdout}`.trim()}`);
    }
    await setTimeout(pauseMs);
  }
}

/** An emulated machine on a busy host is slow; what has not come by then will not. */
const patienceMs = 180_000;
const pauseMs = 100;
