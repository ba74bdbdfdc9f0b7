/**
 * Synchronise: what changed since the last pass, read from the volumes themselves, for nobody writes to them now. Whoever writes it
 * compares both volumes as well: another pod for that would prolong the time that the application stands still.
 */
import { formatBytes } from '#contracts/text/figures.ts';
import { done, type RunStep, skip } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';
import { fill } from '../transfer/fill.ts';
import { passBackup } from '../transfer/pass-backup.ts';
import { verificationOf } from '../transfer/verification.ts';
import { transferDeadline } from './load.ts';

export const synchronise: RunStep<MigrationScope> = {
  name: 'Synchronise',
  effect: true,
  deadline: ({ migration: { spec } }) => 2 * transferDeadline(spec),
  run: async (scope, entry) => {
    const { transform, mode } = scope.migration.spec;
    if (mode === 'StageOnly') return skip('mode StageOnly takes what was backed up');
    if (transform !== undefined) return skip('nothing was written since the backup');
    const final = await passBackup(scope, entry, { pass: 'final', direct: true, downtime: 'Synchronise' });
    if (final.kind === 'step') return final.result;
    const order = { backup: final.backup, label: 'final', overwrite: 'IfChanged', compared: true } as const;
    const filled = await fill(scope, entry, order);
    if (filled.kind === 'step') return filled.result;
    const warnings = filled.results.flatMap(({ warnings: told = [] }) => told);
    const stored = (final.backup.status?.volumes ?? []).reduce((sum, { storedBytes = 0 }) => sum + storedBytes, 0);
    return done([`${formatBytes(stored)} changed since the last pass`, ...warnings].join('; '), {
      verification: verificationOf(scope, scope.migration.spec.verify.checksum, filled.results),
    });
  },
};
