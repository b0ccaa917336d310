/**
 * What keeps this machine from running guests with devices, by the doctor's checks that cost little. They run
 * in a process of their own, which has the time that all others leave, and takes its memory with it.
 */
import { z } from 'zod';
import { errorFrom } from '../doctor/check.ts';
import type { HandglassError } from '../errors.ts';
import type { Clock, Follow } from '../host/ports.ts';

/** Of `handglass doctor --json`. */
const reportSchema = z.object({
  subjects: z.array(
    z.object({
      results: z.array(
        z.object({
          verdict: z.string(),
          about: z.string(),
          explanation: z.string(),
          remedy: z.nullable(z.string()),
          advice: z.string(),
        }),
      ),
    }),
  ),
});

/**
 * Tells of the problems, and looks again every five minutes until there are none. Resolves then, or once the
 * signal is aborted; rejects when it cannot look.
 *
 * @param handglass the command that starts this program
 */
export async function watchMachine(
  host: Follow & Clock,
  handglass: readonly string[],
  tell: (errors: readonly HandglassError[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const words = ['-n', '19', ...handglass, 'doctor', '--quick', '--json'];
  while (!signal.aborted) {
    for await (const report of host.follow('nice', words, signal)) {
      const errors = problemsIn(report);
      tell(errors);
      if (errors.length === 0) return;
      break;
    }
    await host.sleep(againMs, signal).catch(() => {});
  }
}

/** To look costs a fifth of a second of a processor. */
const againMs = 300_000;

function problemsIn(report: string): HandglassError[] {
  return reportSchema
    .parse(JSON.parse(report))
    .subjects.flatMap(({ results }) => results)
    .filter(({ verdict }) => verdict === 'problem')
    .map((finding) => errorFrom('host-unfit', finding));
}
