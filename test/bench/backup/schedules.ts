/** BackupSchedules between their slots: what the operator does while there is nothing to do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '#cluster/wait.ts';
import type { Row } from '../table.ts';
import { operatorUsage } from './operator.ts';
import { type Rig, sourceClaim, startRig } from './rig.ts';

const count = 500;
/** Seconds looked at, and seconds that whatever was begun before gets to end. */
const span = 120;
const settling = 30;

/** One row without schedules, one with them. */
export async function measureSchedules(note: (line: string) => void): Promise<readonly Row[]> {
  await using rig = await startRig(note, { files: 1, bytesPerFile: 1 });
  note('none');
  const without = await idle(rig, 0);
  note(`${count}`);
  await rig.kubectl(['apply', '--server-side', '--filename', '-'], JSON.stringify(schedules()));
  const planned = [
    'get',
    'backupschedules',
    '--output',
    'jsonpath={range .items[*]}{.status.nextScheduleTime}{"\\n"}{end}',
  ];
  const areAllPlanned = async () =>
    (await rig.kubectl(planned)).split('\n').filter((time) => time !== '').length === count;
  await waitUntil('all of them to know their next slot', areAllPlanned, { timeoutMs: 300_000, intervalMs: 2_000 });
  return [without, await idle(rig, count)];
}

function schedules(): object {
  const spec = { schedule: '@yearly', template: { source: { claims: [{ name: sourceClaim }] } } };
  const items = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'BackupSchedule',
    metadata: { name: `yearly-${index}` },
    spec,
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}

async function idle(rig: Rig, declared: number): Promise<Row> {
  await sleep(settling * 1000);
  const before = await operatorUsage(rig);
  await sleep(span * 1000);
  const after = await operatorUsage(rig);
  const seconds = span / 60;
  return {
    schedules: declared,
    'CPU s/min': (after.cpuSeconds - before.cpuSeconds) / seconds,
    'writes/min': (after.writes.objects - before.writes.objects) / seconds,
    'events/min': (after.writes.events - before.writes.events) / seconds,
    'Lease writes/min': (after.writes.leases - before.writes.leases) / seconds,
    'peak RSS MiB': Math.round(after.peakRssMiB),
  };
}
