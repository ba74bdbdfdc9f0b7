import { defineConfig } from 'vitest/config';

/** Files that need a cluster mostly wait, for pods, clocks and garbage collectors: two at a time end sooner than one. */
const filesAtOnce = 2;

/**
 * Five projects, by what they need: `unit` nothing, `integration` a real API server, `chart` Helm besides, `e2e` a real node
 * with pods, `lifecycle` one whose operator comes and goes. Those with a cluster start it once in a global set-up and share it
 * between their files.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/{cluster,bench}/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/integration/setup.ts'],
          maxWorkers: filesAtOnce,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'chart',
          include: ['test/chart/**/*.test.ts'],
          globalSetup: ['test/chart/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: filesAtOnce,
        },
      },
      {
        test: {
          name: 'lifecycle',
          include: ['test/lifecycle/**/*.test.ts'],
          globalSetup: ['test/lifecycle/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Each file has the cluster's only operator to itself.
          fileParallelism: false,
        },
      },
    ],
  },
});
