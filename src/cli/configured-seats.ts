import type { Config } from '../config/schema.ts';
import { HandglassError, isErrno } from '../errors.ts';
import type { Context } from './context.ts';
import { problemLines } from './render/problem.ts';

/** No seats where there is no configuration yet: whoever writes it looks at the devices first. */
export async function configuredSeats(
  host: Context['host'],
  path: string,
): Promise<{ seats: Config['seats']; problem: HandglassError | null }> {
  const { loadConfig } = await import('../config/load.ts');
  try {
    return { seats: (await loadConfig(host, path)).seats, problem: null };
  } catch (error) {
    if (!(error instanceof HandglassError && error.code === 'config')) throw error;
    const absent = isErrno(error.cause, 'ENOENT', 'ENOTDIR');
    return { seats: [], problem: absent ? null : error };
  }
}

/** What to show below devices whose seats could not be read. */
export function configurationLines(problem: HandglassError | null, columns?: number): string[] {
  return problem === null
    ? []
    : ['', ...problemLines('configuration', problem.what, problem.remedy, columns)];
}
