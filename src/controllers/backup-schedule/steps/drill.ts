/** Drill: restores the latest backup into scratch claims when that is due. The Restore says itself what came of it. */
import { scheduleLabel } from '#contracts/backup/schedule.ts';
import type { Backup } from '#crds/backup.ts';
import { Restore } from '#crds/restore.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { type Step, wait } from '#runtime/itinerary/types.ts';
import { dueAt } from '../due.ts';
import { type BackupScheduleScope, hasEnded, latestSuccess } from '../scope.ts';
import { drillTimes, nameFor } from '../timetables.ts';
import { untilNext } from '../until-next.ts';

const next = untilNext('nextDrillTime', { waiting: 'waiting for the next drill', none: 'there is no further drill' });

export const drillStep: Step<BackupScheduleScope> = {
  name: 'Drill',
  independent: true,
  run: async (scope) => {
    const { schedule, pass, drills, backups } = scope;
    const { drill, suspend } = schedule.spec;
    if (drill === undefined || suspend) return { kind: 'skip', reason: suspend ? 'suspended' : 'spec.drill is absent' };
    await forgetOld(scope, drill.historyLimit);
    const due = dueAt(drillTimes(schedule, drill), pass.now());
    if (due.slot === undefined) return next(due, pass.now(), {});
    const running = drills.find((one) => !hasEnded(one));
    if (running !== undefined) return wait('DrillRunning', `the next drill waits for ${running.metadata.name}`);
    const backup = latestSuccess(backups);
    if (backup === undefined) return wait('NothingToProve', 'the drill waits for a first backup that completes');
    await begin(scope, due.slot, backup);
    return next(due, pass.now(), { lastDrillTime: rfc3339(due.slot) });
  },
};

async function begin({ schedule, pass, namespace }: BackupScheduleScope, slot: Date, backup: Backup): Promise<void> {
  const { name } = schedule.metadata;
  const { job, size, storageClassName } = schedule.spec.drill ?? {};
  const { mover } = schedule.spec.template;
  const spec = {
    source: { backupRef: { name: backup.metadata.name } },
    target: {
      scratch: {
        ...(size === undefined ? {} : { size }),
        ...(storageClassName === undefined ? {} : { storageClassName }),
      },
    },
    verify: { source: 'Metadata', target: 'Checksum', ...(job === undefined ? {} : { job }) },
    ...(mover === undefined ? {} : { mover }),
  };
  await pass.children.apply(Restore, {
    apiVersion: apiVersionOf(Restore),
    kind: Restore.kind,
    metadata: { namespace, name: nameFor(`${name}-drill`, slot), labels: { [scheduleLabel]: name } },
    // The API server fills in what is not said here.
    spec: spec as Restore['spec'],
  });
}

async function forgetOld({ drills, pass, namespace }: BackupScheduleScope, limit: number): Promise<void> {
  for (const { metadata } of drills.filter(hasEnded).slice(limit))
    await pass.children.remove(Restore, { namespace, name: metadata.name });
}
