import { defineConfig } from 'vitest/config';

const lab = 'test/**/*.lab.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [lab],
          globalSetup: './test/build.ts',
        },
      },
      {
        // Each file boots a virtual host of its own, which takes both cores of a small machine.
        test: {
          name: 'lab',
          include: [lab],
          fileParallelism: false,
          globalSetup: ['./test/build.ts', './test/lab/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
