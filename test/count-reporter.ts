import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one plain line that counts the tests, for programs that read the log. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((each) => each === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const skipped = count('skipped') + count('pending');
    // The default reporter prints its summary in the same hook; this line has to come after it.
    process.once('exit', () => {
      console.log(
        `tests: ${count('passed')} passed, ${count('failed') + broken} failed, ${skipped} skipped`,
      );
    });
  }
}
