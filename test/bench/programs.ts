import { switchboardOfPipes } from '../native/compile.ts';
import { buildProgram } from '../lab/guest/input/programs.ts';

const [bench, input] = ['test/bench', 'test/lab/guest/input'];
const parts = [`${bench}/reports.c`, `${bench}/forwarder.c`, `${bench}/failure.c`];

/** Builds what measures, the floor, and the switchboard between pipes; their paths are from the checkout. */
export function buildBenchPrograms(): { measure: string; loaded: string } {
  buildProgram('floor', [`${bench}/floor.c`, `${bench}/failure.c`, `${input}/uinput.c`]);
  buildProgram('pipes', [`${bench}/pipes.c`, `${bench}/failure.c`, ...switchboardOfPipes]);
  return {
    measure: buildProgram('measure', [`${bench}/measure.c`, ...parts, `${input}/uinput.c`]),
    loaded: buildProgram('loaded', [`${bench}/loaded.c`, ...parts]),
  };
}
