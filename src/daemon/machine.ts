/**
 * What keeps this machine from running guests with devices, by the doctor's checks that cost little. They run
 * in a process of their own, which takes its memory with it.
 */
import { z } from 'zod';
import { errorFrom } from '../doctor/check.ts';
import { HandglassError } from '../errors.ts';
import type { Clock, Follow } from '../host/ports.ts';

export interface MachineWatch {
  /** The command that starts this program. */
  handglass: readonly string[];
  /** Whether somebody works in a guest, who would notice. */
  isDisturbing: () => boolean;
  tell: (errors: readonly HandglassError[]) => void;
}

/**
 * Tells of the problems, and looks again every five minutes until there are none, but not where that would
 * disturb somebody. Resolves after the last look, or once the signal is aborted.
 */
export async function watchMachine(
  host: Follow & Clock,
  { handglass, isDisturbing, tell }: MachineWatch,
  signal: AbortSignal,
): Promise<void> {
  const command = [...handglass, 'doctor', '--quick', '--json'];
  for (;;) {
    const errors = await problemsNow(host, command, signal);
    if (signal.aborted) return;
    tell(errors);
    if (errors.length === 0) return;
    do {
      await host.sleep(againMs, signal).catch(() => {});
      if (signal.aborted) return;
    } while (isDisturbing());
  }
}

/** To look costs a fifth of a second of a processor, and firmware answers for its variables with all of them. */
const againMs = 300_000;
/** What others leave of a busy processor may be little. */
const longestMs = 300_000;

async function problemsNow(
  host: Follow & Clock,
  command: readonly string[],
  signal: AbortSignal,
): Promise<HandglassError[]> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  host.sleep(longestMs, until).then(
    () => over.abort(),
    () => {},
  );
  try {
    for await (const report of host.follow('nice', ['-n', '19', ...command], until)) {
      return problemsIn(report);
    }
    throw new Error('it took longer than five minutes');
  } catch (cause) {
    const what = 'This machine could not be looked at.';
    return [new HandglassError('host-unfit', what, 'Run `handglass doctor`.', { cause })];
  } finally {
    over.abort();
  }
}

/** Of `handglass doctor --json`. */
const reportSchema = z.object({
  format: z.literal(1),
  subjects: z.array(
    z.object({
      results: z.array(
        z.object({
          verdict: z.enum(['ok', 'warning', 'problem', 'unknown']),
          about: z.string(),
          explanation: z.string(),
          remedy: z.nullable(z.string()),
          advice: z.string(),
        }),
      ),
    }),
  ),
});

function problemsIn(report: string): HandglassError[] {
  return reportSchema
    .parse(JSON.parse(report))
    .subjects.flatMap(({ results }) => results)
    .filter(({ verdict }) => verdict === 'problem')
    .map((finding) => errorFrom('host-unfit', finding));
}
