import { HandglassError } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';

/** What keeps this machine from running guests with devices, by the checks of the doctor that cost little. */
export async function machineProblems(host: ReadFiles): Promise<HandglassError[]> {
  // Loaded when the seats work already.
  const { quickLook } = await import('../doctor/quick-look.ts');
  return (await quickLook(host)).map(
    ({ explanation, remedy, advice }) =>
      new HandglassError(
        'host-unfit',
        explanation,
        [...(remedy === null ? [] : [`Run \`${remedy}\`.`]), advice].filter(Boolean).join(' '),
      ),
  );
}
