/**
 * Quiesce and Resume: the Container is stopped while its volumes are copied, or read where they are not copied. Resume is
 * walked as soon as the copies are cut, and is a duty.
 */
import { startWorkload, stopDeadline, stopWorkload } from '#contracts/workload/stop.ts';
import type { WorkloadRef } from '#contracts/workload/workload.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { fail, type RunStep, type StepResult, skip } from '#runtime/itinerary/types.ts';
import { type BackupScope, containerOf, resolvedOf } from '../scope.ts';

export const quiesce: RunStep<BackupScope> = {
  name: 'Quiesce',
  effect: true,
  deadline: () => stopDeadline,
  run: async (scope, entry) => {
    if (scope.backup.spec.quiesce === 'None') return skip('the workload goes on');
    const container = containerOf(scope);
    if (container === undefined) {
      return fail(new DokkerrError('DKR_SPEC_INVALID', 'the Container was deleted, so it cannot be stopped'));
    }
    const claims = (resolvedOf(entry).claims ?? []).map(({ name }) => name);
    const workload = refOf(scope, container.metadata.name);
    return stopWorkload(scope.pass.client, { workload, requester: requester(scope), claims });
  },
};

export const resume: RunStep<BackupScope> = {
  name: 'Resume',
  run: async (scope, entry) => {
    if (scope.backup.spec.quiesce === 'None') return skip('nothing was stopped');
    if (resolvedOf(entry).cutAt === undefined) return skip('the claims are read themselves: it follows at the end');
    return restart(scope);
  },
};

export const resumeDuty: RunStep<BackupScope> = {
  name: 'Resume',
  run: async (scope) => (scope.backup.spec.quiesce === 'None' ? skip('nothing was stopped') : restart(scope)),
};

async function restart(scope: BackupScope): Promise<StepResult> {
  const { containerRef } = scope.backup.spec;
  if (containerRef === undefined) return skip('nothing was stopped');
  return startWorkload(scope.pass.client, refOf(scope, containerRef.name), requester(scope));
}

function refOf({ namespace }: BackupScope, name: string): WorkloadRef {
  return { kind: 'Container', namespace, name };
}

function requester({ backup }: BackupScope): string {
  return `Backup/${backup.metadata.name}`;
}
