/** What can be measured. */
import { measureBackup } from './backup/case.ts';
import { measureContainers } from './containers.ts';
import { measureStart } from './start.ts';
import type { Row } from './table.ts';

export interface BenchCase {
  readonly name: string;
  readonly about: string;
  /** @param note tells what goes on while it takes long */
  readonly run: (note: (line: string) => void) => Promise<readonly Row[]>;
}

export const cases: readonly BenchCase[] = [
  { name: 'start', about: 'cluster Ready, operator ready, Container Ready, on a real node', run: measureStart },
  {
    name: 'containers',
    about: '1000 Containers declared at once until all are reconciled, beside a naive client-node operator',
    run: measureContainers,
  },
  {
    name: 'backup',
    about: '2 GiB in 20 000 files, first, unchanged, 1 % changed and restored, beside restic alone on the same files',
    run: measureBackup,
  },
];
