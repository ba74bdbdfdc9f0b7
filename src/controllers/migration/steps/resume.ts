/**
 * Resume: the application is started with the new volume and has to be ready in time; else everything is undone, or, without
 * `rollback.automatic`, left to a person while there is a way back.
 */
import { durationMs } from '#crds/schema/duration.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { type RunStep, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { leavesNamespace, type MigrationScope, resolvedOf } from '../scope.ts';
import { endOfKeeping } from './keep.ts';
import { readyDeadline, startAndAwait } from './readiness.ts';

/** Milliseconds between looks at what a person may have mended: a Deployment is watched by nobody here. */
const recheckUndecided = 5_000;

export const resume: RunStep<MigrationScope> = {
  name: 'Resume',
  effect: true,
  deadline: ({ migration: { spec } }) =>
    readyDeadline(spec.switchOver.readyWithin) + (spec.rollback.automatic ? 0 : durationMs(spec.keepSource.for)),
  run: async (scope, entry) => {
    const { migration, namespace, pass } = scope;
    const { mode, switchOver, rollback, keepSource } = migration.spec;
    const { volumes = [], workloads = [] } = resolvedOf(entry);
    if (mode === 'StageOnly' || workloads.length === 0) return skip('nothing was stopped');
    const [gone] = volumes.filter((volume) => leavesNamespace(volume, namespace));
    if (gone !== undefined) {
      return skip(`the data is in namespace ${gone.target.namespace} now: start there what is to use it`);
    }
    const result = await startAndAwait(scope, entry, { within: switchOver.readyWithin, list: 'Forward' });
    if (rollback.automatic) return result;
    const now = pass.now();
    const until = endOfKeeping(entry.run, keepSource.for, now);
    return leftToDecide(result, { name: migration.metadata.name, namespace, now, until });
  },
};

/** Until when a person may decide, and about which Migration. */
export interface DecisionWindow {
  readonly name: string;
  readonly namespace: string;
  readonly now: Date;
  readonly until: Date;
}

/** Pure. A failure for good waits for a person, who mends it or asks for the way back, as long as there is one. */
export function leftToDecide(result: StepResult, { name, namespace, now, until }: DecisionWindow): StepResult {
  if (result.kind !== 'fail' || result.error.class !== 'permanent' || until <= now) return result;
  const choice = `mend it, or go back until ${rfc3339(until)}: dokkerr migration rollback ${name} --namespace ${namespace}`;
  return wait('AwaitingDecision', `${result.error.message}; ${choice}`, recheckUndecided);
}
