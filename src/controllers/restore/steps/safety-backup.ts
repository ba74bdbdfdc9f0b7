/** SafetyBackup: what is there before anything is written over it, stored as a Backup like any other. */
import { Backup } from '#crds/backup.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, skip, wait } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

/** How long it is kept: long enough to notice that the point restored was the wrong one. */
const keptFor = '7d';

export const safetyBackup: RunStep<RestoreScope> = {
  name: 'SafetyBackup',
  effect: true,
  run: async (scope, entry) => {
    const { restore, pass, container, backups } = scope;
    const { effectName } = entry;
    const { store } = resolvedOf(entry);
    if (container === undefined) return skip('the target is no Container');
    if (!restore.spec.safetyBackup) return skip('spec.safetyBackup is false: there is no way back');
    const made = backups.find(({ metadata }) => metadata.name === effectName);
    if (made === undefined) {
      const { mover, verify } = restore.spec;
      await pass.children.apply(
        Backup,
        {
          apiVersion: apiVersionOf(Backup),
          kind: Backup.kind,
          metadata: { name: effectName },
          spec: {
            containerRef: { name: container.metadata.name },
            ...(store === undefined ? {} : { storeRef: { name: store } }),
            ttl: keptFor,
            // A volume that was lost and made anew is empty, which is why it is being restored.
            onEmptySource: 'Allow',
            onUnreadableFiles: 'Warn',
            // Whoever has the source read first does not trust the store, which has to keep this too.
            ...(verify.source === 'Data' ? { verify: { mode: 'Data', readDataPercent: 100 } } : {}),
            ...(mover === undefined ? {} : { mover }),
          } as Backup['spec'],
        },
        // It outlives the Restore.
        { owned: false },
      );
      return wait('SafetyBackup', `Backup ${effectName} keeps what is there now`);
    }
    const { outcome, failure, phase = 'Pending' } = made.status ?? {};
    if (outcome === undefined) return wait('SafetyBackup', `Backup ${effectName} is ${phase}`);
    if (outcome === 'Completed')
      return done(`what was there is kept as Backup ${effectName}`, { safetyBackup: effectName });
    const why = failure?.message ?? `it ended as ${outcome}`;
    return fail(
      new DokkerrError('DKR_RUN_FAILED', `what is there now could not be backed up, so nothing was written: ${why}`),
    );
  },
};
