import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const lab = 'test/**/*.lab.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [lab],
          // Unless told, one processor is left alone.
          maxWorkers: '100%',
          // How long a machine takes is no failure; what hangs has to end all the same.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          globalSetup: './test/build.ts',
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Each file has a virtual host of its own, which keeps a processor busy: when the others are done.
        test: {
          name: 'lab',
          include: [lab],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          globalSetup: ['./test/build.ts', './test/lab/global-setup.ts'],
          testTimeout: 300_000,
          // More than the boot's own limits, which tell why.
          hookTimeout: 1_140_000,
        },
      },
    ],
  },
});
