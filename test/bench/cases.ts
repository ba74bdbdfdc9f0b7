/** What can be measured. */
import { measureAdmission } from './admission/case.ts';
import { measureBackup } from './backup/case.ts';
import { measureCrowd } from './backup/crowd.ts';
import { measureMigration } from './backup/migration.ts';
import { measureSchedules } from './backup/schedules.ts';
import { measureSmallFiles } from './backup/small-files.ts';
import { measureContainers } from './containers.ts';
import { type CompareOptions, type Comparison, compare } from './operators/comparison.ts';
import { reference } from './operators/contestants.ts';
import { create } from './operators/create.ts';
import { edits } from './operators/edits.ts';
import { failover } from './operators/failover.ts';
import { faultCase } from './operators/faults.ts';
import { hotKey } from './operators/hot-key.ts';
import { medianRows } from './operators/medians.ts';
import { restart } from './operators/restart.ts';
import { soak } from './operators/soak.ts';
import { measureStart } from './start.ts';
import type { Row } from './table.ts';

export interface Outcome {
  readonly rows: readonly Row[];
  /** what the rows were made from, for the file; absent where they are all there is */
  readonly raw?: unknown;
}

export interface BenchCase {
  readonly name: string;
  readonly about: string;
  readonly run: (options: CompareOptions) => Promise<Outcome>;
}

const comparisons: readonly Comparison[] = [create, edits, restart, hotKey, faultCase, failover, soak];

export const cases: readonly BenchCase[] = [
  ...comparisons.map(
    (comparison): BenchCase => ({
      name: comparison.name,
      about: comparison.about,
      run: async (options) => {
        const measured = await compare(comparison, options);
        return { rows: medianRows(measured, reference), raw: measured };
      },
    }),
  ),
  plain('admission', '1000 reviews a second, with and without certificates being replaced', measureAdmission),
  plain('start', 'cluster Ready, operator ready, Container Ready, on a real node', measureStart),
  plain(
    'containers',
    '1000 Containers declared at once until all are reconciled, beside a naive client-node operator',
    measureContainers,
  ),
  plain(
    'backup',
    '2 GiB in 20 000 files, first, unchanged, 1 % changed and restored, beside restic alone on the same files',
    measureBackup,
  ),
  plain(
    'migration',
    '0.5, 2 and 4 GiB moved to another class: how long the application stands still, and rsync of the same files',
    measureMigration,
  ),
  plain(
    'small-files',
    '200 000 small files backed up and restored, with the memory of movers and operator',
    measureSmallFiles,
  ),
  plain('schedules', '500 BackupSchedules between their slots, beside none', measureSchedules),
  plain('crowd', '100 Backups that begin at once, four of which may move data', measureCrowd),
];

/** A case with contestants of its own, measured as it sees fit. */
function plain(
  name: string,
  about: string,
  measure: (note: (line: string) => void) => Promise<readonly Row[]>,
): BenchCase {
  return { name, about, run: async ({ note }) => ({ rows: await measure(note) }) };
}
