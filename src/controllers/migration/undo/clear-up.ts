/** CleanUp, a duty: movers, programs, backups and staging claims go; a volume that may be wanted stays. */
import { removeOwnMovers } from '#contracts/mover/run.ts';
import { discardStaging } from '#contracts/volume/settle.ts';
import { Backup } from '#crds/backup.ts';
import type { ResolvedMigration } from '#crds/migration.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { done, type RunStep, type StepEntry, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf, runName } from '../scope.ts';
import { ownBackups } from '../transfer/own-backups.ts';
import { undoOf } from './detect.ts';

/** Milliseconds between looks whether volumes have gone, which no watch of ours sees. */
const recheckGone = 1_000;

export const clearUp: RunStep<MigrationScope> = {
  name: 'CleanUp',
  run: async (scope, entry) => {
    const { pass, namespace } = scope;
    const movers = await removeOwnMovers(pass);
    for (const { metadata } of ownBackups(scope))
      await pass.children.remove(Backup, { namespace, name: metadata.name });
    if (movers > 0) return wait('CleaningUp', `${movers} Jobs of this run are going`);
    return mayDiscard(entry) ? discardAll(scope, entry) : done(undefined, oldVolumes(scope, entry));
  },
};

/** Not what a claim has now, nor what the application has written to, nor what a switch that stopped half-way may need. */
function mayDiscard(entry: StepEntry): boolean {
  const resolved = resolvedOf(entry);
  if (resolved.undo !== undefined) {
    const { isLeft, hasRun } = undoOf(resolved);
    return !isLeft && !hasRun;
  }
  return recordOf(entry.run, 'Forward', 'SwitchOver')?.startedAt === undefined;
}

/** Of a switch that failed and was not undone, the volumes with the old data: nothing else tells of them. */
function oldVolumes({ namespace }: MigrationScope, entry: StepEntry): Pick<ResolvedMigration, 'retained'> {
  const { volumes = [], keptUntil, undo } = resolvedOf(entry);
  if (keptUntil !== undefined || undo !== undefined) return {};
  if (!entry.run.steps.some(({ state, itinerary = 'Forward' }) => state === 'Failed' && itinerary === 'Forward'))
    return {};
  const reason = 'it has the data from before the switch, which failed and was not undone';
  return { retained: volumes.map(({ volume, claim }) => ({ name: volume, claim: `${namespace}/${claim}`, reason })) };
}

async function discardAll(scope: MigrationScope, entry: StepEntry): Promise<StepResult> {
  const { pass, namespace } = scope;
  const { volumes = [], staged = [] } = resolvedOf(entry);
  for (const { staging } of volumes) {
    const volume = staged.find((one) => one.staging === staging)?.volume;
    const claim = { namespace, name: staging };
    const left = await discardStaging(pass.client, { claim, volume, migration: runName(scope) });
    if (left === 'going') return wait('CleaningUp', `claim ${staging} and its volume are going`, recheckGone);
  }
  return done();
}
