/** What every benchmark's command does around its measurements. */
import { LabFailure, WrongUsage } from '../lab/failure.ts';
import { progressOn } from '../lab/progress.ts';
import { Stopped, stopSignal } from '../lab/stop-signal.ts';

export interface Report {
  /** For standard output. */
  lines: readonly string[];
  /** For standard error, after the lines. */
  notes?: readonly string[];
  /** A sentence for each measurement that failed. */
  failures?: readonly string[];
}

/**
 * Runs the program's own command line to the end of the process.
 *
 * @param run rejects with a LabFailure or WrongUsage, or with the signal's reason
 */
export async function runBench(
  run: (
    words: readonly string[],
    tell: (step: string) => void,
    signal: AbortSignal,
  ) => Promise<Report>,
): Promise<never> {
  const stop = stopSignal();
  const progress = progressOn(process.stderr);
  try {
    const {
      lines,
      notes = [],
      failures = [],
    } = await run(process.argv.slice(2), progress.tell, stop);
    progress.end();
    process.stdout.write(`${lines.join('\n')}\n`);
    for (const line of [...notes, ...failures]) process.stderr.write(`${line}\n`);
    process.exit(failures.length === 0 ? 0 : 1);
  } catch (error) {
    progress.end();
    if (error instanceof Stopped) process.exit(error.status);
    if (!(error instanceof LabFailure || error instanceof WrongUsage)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(error instanceof WrongUsage ? 2 : 1);
  }
}
