import { describe, expect, it } from 'vitest';
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import type { Restore } from '#crds/restore.ts';
import { findCondition } from '#runtime/controller/conditions.ts';
import type { BackupScheduleScope } from './scope.ts';
import { summarise } from './status.ts';

const nothingStopped = { steps: [], stoppedAt: undefined };
const drill = (name: string, outcome: 'Completed' | 'Failed' | undefined, completedAt: string) =>
  ({
    metadata: { name },
    spec: { source: { backupRef: { name: `backup-of-${name}` } } },
    status: { completedAt, ...(outcome === undefined ? {} : { outcome }), failure: { message: 'rows are missing' } },
  }) as Restore;

/** @param drills newest first */
function statusOf(drills: readonly Restore[], status: BackupSchedule['status'] = {}, spec: object = { drill: {} }) {
  const schedule = { metadata: { name: 'nightly' }, spec, status } as BackupSchedule;
  const pass = { now: () => new Date('2026-06-10T00:00:00Z') };
  return summarise(
    { schedule, pass, namespace: 'shop', backups: [], drills } as unknown as BackupScheduleScope,
    nothingStopped,
  );
}

describe('the proof of a schedule', () => {
  const passed = drill('second', 'Completed', '2026-06-02T00:00:00Z');

  it('is the latest drill that completed', () => {
    const status = statusOf([
      drill('third', undefined, ''),
      passed,
      drill('first', 'Completed', '2026-06-01T00:00:00Z'),
    ]);
    expect(status).toMatchObject({
      lastVerifiedTime: '2026-06-02T00:00:00Z',
      lastVerifiedBackup: 'backup-of-second',
      consecutiveDrillFailures: 0,
    });
    expect(findCondition(status.conditions ?? [], 'Proven')).toMatchObject({ status: 'True' });
  });

  it('stays on record when its Restore is gone', () => {
    const known = { lastVerifiedTime: '2026-06-05T00:00:00Z', lastVerifiedBackup: 'kept' };
    expect(statusOf([], known)).toMatchObject(known);
    expect(statusOf([passed], known)).toMatchObject(known);
  });

  it('is in doubt, in the words of the drill, as soon as a later one failed', () => {
    const failed = drill('third', 'Failed', '2026-06-03T00:00:00Z');
    const status = statusOf([failed, passed]);
    expect(status).toMatchObject({ lastVerifiedTime: '2026-06-02T00:00:00Z', consecutiveDrillFailures: 1 });
    const proven = findCondition(status.conditions ?? [], 'Proven');
    expect(proven).toMatchObject({ status: 'False', reason: 'DrillFailed' });
    expect(proven?.message).toContain('rows are missing');
  });

  it('is unknown before the first drill, and no subject without any', () => {
    expect(findCondition(statusOf([]).conditions ?? [], 'Proven')).toMatchObject({ status: 'Unknown' });
    const without = statusOf([], {}, {});
    expect(findCondition(without.conditions ?? [], 'Proven')).toBeUndefined();
    expect(without).not.toHaveProperty('consecutiveDrillFailures');
  });
});
