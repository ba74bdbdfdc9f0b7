/** The suites behind `npm test`: what each runs, and how its outcome is counted. */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, run } from '#scripts/commands.ts';

export interface SuiteResult extends Outcome {
  readonly passed: number;
  readonly failed: number;
}

export interface Suite {
  readonly name: string;
  readonly about: string;
  /** runs a cluster, so waits until the cluster's programs are there */
  readonly cluster: boolean;
  /** runs the operator's image */
  readonly image: boolean;
  /** runs Prometheus */
  readonly monitoring: boolean;
  /** takes long, and runs only where it is asked for, as by `npm run test:faults` */
  readonly thorough: boolean;
  /** about how long it takes on two cores that have nothing yet; it is left out where less than that is left (`--within`) */
  readonly minutes?: number;
  run(): Promise<SuiteResult>;
}

/** A program that passes or fails as a whole, counted as one test. */
function check(name: string, about: string, args: readonly string[]): Suite {
  return {
    name,
    about,
    cluster: false,
    image: false,
    monitoring: false,
    thorough: false,
    run: async () => {
      const outcome = await run({ name, program: process.execPath, args });
      return { ...outcome, passed: outcome.ok ? 1 : 0, failed: outcome.ok ? 0 : 1 };
    },
  };
}

/** A vitest project, counted by its own report; one that broke off before it could report counts as a failure. */
function project(
  name: string,
  about: string,
  { cluster = false, image = false, monitoring = false, thorough = false, minutes }: Partial<Suite>,
): Suite {
  return {
    ...(minutes === undefined ? {} : { minutes }),
    name,
    about,
    cluster,
    image,
    monitoring,
    thorough,
    run: async () => {
      const file = join(tmpdir(), `dokkerr-${name}-${process.pid}.json`);
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
      const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', name, ...reporters];
      const outcome = await run({ name, program: process.execPath, args });
      const { passed, failed } = await countTests(file);
      const broken = !outcome.ok && failed === 0;
      return { ...outcome, passed, failed: broken ? 1 : failed };
    },
  };
}

async function countTests(file: string): Promise<{ passed: number; failed: number }> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as { numPassedTests: number; numFailedTests: number };
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  } finally {
    await rm(file, { force: true });
  }
}

export const suites: readonly Suite[] = [
  check('lint', 'format, lint rules, import law, types, Go', ['scripts/lint.ts']),
  check('generated', 'everything generated is current', ['scripts/generate.ts', '--check']),
  project('unit', 'pure decisions and invariants; needs nothing', {}),
  project('integration', 'the runtime against a real API server', { cluster: true }),
  project('e2e', 'the operator on a real node with pods', { cluster: true, image: true }),
  project('chart', 'the chart as Helm renders and installs it', { cluster: true }),
  project('lifecycle', 'installed as the README says, upgraded, failing over, uninstalled', {
    cluster: true,
    image: true,
    minutes: 12,
  }),
  project('postgres', 'a PostgreSQL that moves, and loses a table, its cluster and its operator', {
    cluster: true,
    image: true,
    minutes: 10,
  }),
  project('monitoring', 'alerts and dashboard in a real Prometheus', {
    cluster: true,
    monitoring: true,
    minutes: 10,
  }),
  project('bench', 'what must hold of the bench on any machine: writes, passes, missed events', {
    cluster: true,
    minutes: 10,
  }),
  project('mover', 'the mover against every fault of its store and its files', {
    cluster: true,
    thorough: true,
    minutes: 8,
  }),
  project('faults', 'backups and restores while what they rely on fails', {
    cluster: true,
    image: true,
    thorough: true,
    minutes: 30,
  }),
];
