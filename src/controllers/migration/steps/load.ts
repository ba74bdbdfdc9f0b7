/** Load: the new volumes are filled while the application runs, and filled again with what changed, as often as asked. */
import type { MoverResult } from '#contracts/mover/result.ts';
import { counted } from '#contracts/text/figures.ts';
import type { Migration } from '#crds/migration.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepEntry, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';
import { type FillOutcome, fill } from '../transfer/fill.ts';
import { passBackup } from '../transfer/pass-backup.ts';
import { stagedVolumes } from '../transfer/staging.ts';
import { verificationOf } from '../transfer/verification.ts';

/** Milliseconds one filling may take, with every attempt of it. */
export function transferDeadline({ runPolicy }: Migration['spec']): number {
  return (runPolicy.backoffLimit + 1) * (runPolicy.activeDeadlineSeconds + runPolicy.podStartupDeadlineSeconds) * 1000;
}

export const load: RunStep<MigrationScope> = {
  name: 'Load',
  effect: true,
  deadline: ({ migration: { spec } }) => 2 * spec.preSyncPasses * transferDeadline(spec),
  run: async (scope, entry) => {
    const { transform, preSyncPasses, mode } = scope.migration.spec;
    if (transform !== undefined) return skip('the transformed copy is in the new volume already');
    let results: readonly MoverResult[] = [];
    for (let pass = 1; pass <= preSyncPasses; pass++) {
      const filled = await loadPass(scope, entry, pass);
      if (filled.kind === 'step') return filled.result;
      results = filled.results;
    }
    const { volumes = [] } = resolvedOf(entry);
    const staged = await stagedVolumes(scope, volumes);
    // Of a volume that goes on being written to, this is all that can be proven.
    const proof = mode === 'StageOnly' ? { verification: verificationOf(scope, 'Checksum', results) } : {};
    return done(`${counted(volumes.length, 'volume')} filled, every byte read back`, { staged, ...proof });
  },
};

async function loadPass(scope: MigrationScope, entry: StepEntry, pass: number): Promise<FillOutcome> {
  const made = pass === 1 ? firstBackup(scope, entry) : await passBackup(scope, entry, { pass: `pass-${pass}` });
  if (made.kind === 'step') return made;
  const overwrite = pass === 1 ? 'Always' : 'IfChanged';
  return fill(scope, entry, { backup: made.backup, label: `pass${pass}`, overwrite });
}

function firstBackup({ backups }: MigrationScope, entry: StepEntry): Awaited<ReturnType<typeof passBackup>> {
  const { backup: name = '' } = resolvedOf(entry);
  const backup = backups.find(({ metadata }) => metadata.name === name);
  if (backup !== undefined) return { kind: 'completed', backup };
  return { kind: 'step', result: fail(new DokkerrError('DKR_RUN_FAILED', `Backup ${name} was deleted`)) };
}
