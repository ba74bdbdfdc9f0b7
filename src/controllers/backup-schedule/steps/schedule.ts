/** Schedule: begins the backup that is due. Its name follows from its slot, so that no slot is served twice. */
import { scheduleLabel } from '#contracts/backup/schedule.ts';
import { Backup } from '#crds/backup.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { type Step, wait } from '#runtime/itinerary/types.ts';
import { dueAt } from '../due.ts';
import { activeOnes, type BackupScheduleScope } from '../scope.ts';
import { backupTimes, nameFor } from '../timetables.ts';
import { untilNext } from '../until-next.ts';

const goOn = untilNext('nextScheduleTime', {
  waiting: 'waiting for the next slot',
  none: 'the schedule has no further slot',
});

export const scheduleStep: Step<BackupScheduleScope> = {
  name: 'Schedule',
  // Old backups are let go also while a new one waits.
  independent: true,
  run: async (scope) => {
    const { schedule, pass } = scope;
    const { spec, status } = schedule;
    if (spec.suspend) return { kind: 'done', message: 'suspended', resolved: {} };
    const due = dueAt(backupTimes(schedule), pass.now());
    if (due.tooLate !== undefined) {
      const reason = `it was more than ${spec.startingDeadlineSeconds} s ago`;
      return goOn(due, pass.now(), { lastSkipped: { at: rfc3339(due.tooLate), reason } });
    }
    const first = spec.runOnCreate && status?.lastScheduleTime === undefined;
    const slot = due.slot ?? (first ? new Date(schedule.metadata.creationTimestamp ?? pass.now()) : undefined);
    if (slot === undefined) return goOn(due, pass.now(), {});
    const active = activeOnes(scope);
    if (active.length > 0 && spec.concurrencyPolicy === 'Forbid') {
      return wait(
        'StillRunning',
        `the backup of ${rfc3339(slot)} waits for ${active.map(({ metadata }) => metadata.name).join(', ')}`,
      );
    }
    if (spec.concurrencyPolicy === 'Replace') {
      for (const { metadata } of active) await pass.client.patch(Backup, metadata, { spec: { cancel: true } });
    }
    await begin(scope, slot);
    const missedRuns = (status?.missedRuns ?? 0) + due.missed;
    return goOn(due, pass.now(), { lastScheduleTime: rfc3339(slot), missedRuns });
  },
};

async function begin({ schedule, pass, namespace, backups }: BackupScheduleScope, slot: Date): Promise<void> {
  const { name } = schedule.metadata;
  const backup = nameFor(name, slot);
  // This operator, before it was killed, or another one may have begun it already.
  if (backups.some(({ metadata }) => metadata.name === backup)) return;
  await pass.children.apply(
    Backup,
    {
      apiVersion: apiVersionOf(Backup),
      kind: Backup.kind,
      metadata: { namespace, name: backup, labels: { [scheduleLabel]: name } },
      // The API server fills in what is no business of a schedule, so that whoever pins or cancels one has the field.
      spec: schedule.spec.template as Backup['spec'],
    },
    // It outlives the schedule.
    { owned: false },
  );
}
