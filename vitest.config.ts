import { defineConfig } from 'vitest/config';

/** Files that need a cluster mostly wait, for pods, clocks and garbage collectors: two at a time end sooner than one. */
const filesAtOnce = 2;
/** Tests of one file at once, where each keeps several pods at work: more of them only take longer, up to their time-outs. */
const runsAtOnce = 3;

/** The mover against every fault; that its engine keeps its contract is a matter of every run. */
const moverFaults = 'test/integration/mover/!(restic).test.ts';
/** The short form of the bench, which has API servers of its own and waits for a silent one. */
const shortBench = 'test/integration/bench.test.ts';
/** What needs Prometheus besides Helm. */
const monitoring = 'test/chart/{alerts,prometheus}.test.ts';

/**
 * Projects by what they need: `unit` nothing, `integration` a real API server, `chart` Helm besides, `monitoring` Prometheus too,
 * `mover` restic and an object store, `e2e` a real node with pods, `lifecycle` one whose operator comes and goes, `faults` one
 * whose programs do, `postgres` one that is lost and another one, `bench` one for each contestant. Those with a cluster start it once in a global set-up and share it between their files, but for the last.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/{cluster,bench}/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [moverFaults, shortBench],
          globalSetup: ['test/integration/setup.ts'],
          maxWorkers: filesAtOnce,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'bench',
          include: [shortBench],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'chart',
          include: ['test/chart/**/*.test.ts'],
          exclude: [monitoring],
          globalSetup: ['test/chart/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'monitoring',
          include: [monitoring],
          globalSetup: ['test/chart/monitoring-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'mover',
          include: [moverFaults],
          maxWorkers: filesAtOnce,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          maxWorkers: filesAtOnce,
          maxConcurrency: runsAtOnce,
        },
      },
      {
        test: {
          name: 'postgres',
          include: ['test/postgres/**/*.test.ts'],
          testTimeout: 300_000,
          // The images are made in it, where nobody has before.
          hookTimeout: 600_000,
          fileParallelism: false,
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
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: ['test/faults/setup.ts'],
          // Who dies at each step takes its time.
          testTimeout: 1_200_000,
          hookTimeout: 300_000,
          // As above; and some end the cluster's own programs.
          fileParallelism: false,
        },
      },
    ],
  },
});
