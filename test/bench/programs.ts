import { buildProgram } from '../lab/guest/input/programs.ts';

const [bench, input] = ['test/bench', 'test/lab/guest/input'];
const parts = [`${bench}/reports.c`, `${bench}/forwarder.c`, `${bench}/failure.c`];

/** Builds what measures and the floor; their paths are from the checkout. */
export function buildBenchPrograms(): { measure: string; loaded: string } {
  buildProgram('floor', [`${bench}/floor.c`, `${bench}/failure.c`, `${input}/uinput.c`]);
  return {
    measure: buildProgram('measure', [`${bench}/measure.c`, ...parts, `${input}/uinput.c`]),
    loaded: buildProgram('loaded', [`${bench}/loaded.c`, ...parts]),
  };
}
