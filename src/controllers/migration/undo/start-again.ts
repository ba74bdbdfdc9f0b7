/** StartAgain, a duty: nothing is left stopped, unless it would not find its data. */
import type { MigratedVolume } from '#crds/migration.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { fail, type RunStep, type StepEntry, skip } from '#runtime/itinerary/types.ts';
import { leavesNamespace, type MigrationScope, resolvedOf, stagedVolume } from '../scope.ts';
import { startAll } from '../steps/stopping.ts';
import { undoOf } from './detect.ts';

export const startAgain: RunStep<MigrationScope> = {
  name: 'StartAgain',
  run: async (scope, entry) => {
    const resolved = resolvedOf(entry);
    const { volumes = [], workloads = [] } = resolved;
    if (workloads.length === 0) return skip('nothing was stopped');
    if (resolved.keptUntil !== undefined || undoOf(resolved).isLeft) return skip(whereItIs(scope, volumes));
    const found = await volumesInUse(scope, entry);
    if (found === 'old' || found === 'new') return startAll(scope, entry);
    const names = volumes.map(({ claim }) => claim).join(', ');
    const message = `${names}: not every claim has its data, so that the application stays stopped; the runbook "a migration stopped half-way" says what to do`;
    return fail(new DokkerrError('DKR_RUN_FAILED', message));
  },
};

function whereItIs({ namespace }: MigrationScope, volumes: readonly MigratedVolume[]): string {
  const [gone] = volumes.filter((volume) => leavesNamespace(volume, namespace));
  return gone === undefined
    ? 'it was started with the new volume'
    : `it stays stopped: its data is in namespace ${gone.target.namespace}`;
}

/** Whether all claims that are named by the workload have the old volume, or all the new one. */
async function volumesInUse({ pass, namespace }: MigrationScope, entry: StepEntry): Promise<'old' | 'new' | 'neither'> {
  const resolved = resolvedOf(entry);
  const { volumes = [] } = resolved;
  const bound = await Promise.all(
    volumes.map(async ({ claim: name }) => {
      const claim = await pass.client.get(PersistentVolumeClaim, { namespace, name });
      return claim?.metadata.deletionTimestamp === undefined ? claim?.spec.volumeName : undefined;
    }),
  );
  if (volumes.every(({ volume }, index) => bound[index] === volume)) return 'old';
  return volumes.every((volume, index) => bound[index] === stagedVolume(resolved, volume)) ? 'new' : 'neither';
}
