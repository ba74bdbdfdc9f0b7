/** Steps that look after a store beside its use: whatever they fail of, a store that answers stays Ready. */
import { RunFailure } from '#contracts/mover/failure.ts';
import type { BackupStoreStatus, TaskStatus } from '#crds/backup-store.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import type { Step } from '#runtime/itinerary/types.ts';
import type { BackupStoreScope } from './scope.ts';

/** Those of the status that tell of such a step. */
export type AsideKey = 'check' | 'repair' | 'prune' | 'sync' | 'rotation';

/** Milliseconds to the next attempt: what was in the way is mostly the API server, a quota or a Secret. */
const recheck = 60_000;

/** What the step throws becomes a failure in `status.<key>`, which condition Maintained tells of. */
export function aside(key: AsideKey, step: Step<BackupStoreScope>): Step<BackupStoreScope> {
  return {
    ...step,
    run: async (scope) => {
      try {
        return await step.run(scope);
      } catch (thrown) {
        const known = scope.store.status?.[key] ?? {};
        const failure = thrown instanceof RunFailure ? thrown.class : 'Internal';
        const { message } = asDokkerrError(thrown);
        const status: TaskStatus = { ...known, failures: (known.failures ?? 0) + 1, failure, message };
        const resolved: Partial<BackupStoreStatus> = { [key]: status };
        return { kind: 'done', resolved, recheckAfter: recheck };
      }
    },
  };
}
