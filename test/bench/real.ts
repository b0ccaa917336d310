/** The benchmark on this machine's own processors, all of them kept busy. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { aborted } from '../lab/stop-signal.ts';
import { type Case, caseText, type Forwarder, type Outcome, paces, rowOf } from './rows.ts';

const checkout = join(import.meta.dirname, '../..');
export async function measureReal(
  forwarders: readonly Forwarder[],
  loaded: string,
  tell: (step: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome: Outcome = { rows: [], failures: [] };
  for (const forwarder of forwarders) {
    for (const pace of paces) {
      const one = { ...pace, blocked: false };
      const text = caseText(forwarder, one);
      tell(text);
      const { printed, said, status } = await run(loaded, forwarder, one, signal);
      if (status === 0) outcome.rows.push(rowOf(forwarder.name, one, printed));
      else outcome.failures.push(`${text}: ${said.trim()}`);
    }
  }
  return outcome;
}

async function run(
  loaded: string,
  { command = '', env }: Forwarder,
  { hz, reports }: Case,
  signal: AbortSignal,
): Promise<{ printed: string; said: string; status: number | null }> {
  const child = spawn(loaded, [`${hz}`, `${reports}`, command], {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, said, [status]] = await Promise.race([
    Promise.all([
      readAll(child.stdout),
      readAll(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]),
    aborted(signal),
  ]);
  return { printed, said, status };
}
