/** The panel of the service inside the virtual host, at the same address of this machine. */
import { carryPort } from '../carry.ts';
import type { Lab } from '../lab.ts';
import { output } from '../shell.ts';

/** That of the configuration. */
const port = 18_504;

/**
 * Carries connections until the signal is aborted, and gives a link that lets a browser in once.
 * Rejects with a LabFailure where another program listens there.
 */
export async function carryPanel(lab: Lab, signal: AbortSignal): Promise<string> {
  await carryPort(lab, port, signal);
  const { url } = JSON.parse(await output(lab, 'handglass panel --json')) as { url: string };
  return url;
}
