/** Schedules whose operator is killed at the very minute, or was away for hours: each slot is served once. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { type Backups, patience } from '../e2e/backups.ts';
import { type BackupsOnHost, openOnHost } from './on-host.ts';
import { WatchedOperator } from './watched-operator.ts';

let operator: WatchedOperator;
let host: BackupsOnHost;
let there: Backups;
beforeAll(async () => {
  operator = await WatchedOperator.start(inject('kubeconfig'));
  host = await openOnHost('schedules');
  there = host.backups;
  await there.noted('regular', 'every minute');
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

const template = { containerRef: { name: 'regular' } };

/** Those a schedule has begun, by name. */
const begunBy = (schedule: string) =>
  there.sandbox
    .list(Backup)
    .filter(({ metadata }) => metadata.labels?.['dokkerr.io/schedule'] === schedule)
    .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));

test('two schedules of one minute each begin one backup for it, though the operator dies at every write for them', async () => {
  let deaths = 0;
  operator.atEach('backup-schedule', async () => {
    deaths += 1;
    await operator.kill();
    return false;
  });
  const names = ['first', 'second'];
  for (const name of names)
    await there.apply('BackupSchedule', name, { schedule: '* * * * *', concurrencyPolicy: 'Allow', template });
  await there.sandbox.eventually('two slots of each', () => names.every((name) => begunBy(name).length >= 2), patience);
  operator.spare();
  for (const name of names) await there.sandbox.patch(BackupSchedule, name, { spec: { suspend: true } });
  console.log(`${deaths} deaths`);
  expect(deaths).toBeGreaterThan(4);
  for (const name of names) {
    const slots = begunBy(name).map(({ metadata }) => minuteOf(metadata.name));
    // Side by side, none left out and none twice.
    expect(slots).toEqual(slots.map((_, index) => (slots[0] ?? 0) + index));
    for (const { metadata } of begunBy(name)) {
      expect((await there.ended(Backup, metadata.name)).status?.phase).toBe('Completed');
      expect(new Set(there.sandbox.history(Backup, metadata.name).map((one) => one.metadata.uid)).size).toBe(1);
    }
    expect(there.sandbox.get(BackupSchedule, name)?.status?.missedRuns ?? 0).toBe(0);
  }
});

/** Of `<schedule>-<year><month><day><hour><minute>`, in minutes since 1970. */
function minuteOf(name: string): number {
  const [, year, month, day, hour, minute] = /-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(name) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)) / 60_000;
}

test('of the slots that passed while nobody was there the latest is caught up, once, and the others are counted', async () => {
  await there.apply('BackupSchedule', 'away', { schedule: '* * * * *', timeZone: 'Europe/Berlin', template });
  const begun = (count: number) =>
    there.sandbox.eventually(`${count} are begun`, () => begunBy('away').length >= count, patience);
  await begun(1);
  await there.ended(Backup, begunBy('away')[0]?.metadata.name ?? '');
  const back = await operator.leave();
  await pause(200_000);
  back();
  await begun(2);
  await there.sandbox.patch(BackupSchedule, 'away', { spec: { suspend: true } });
  for (const { metadata } of begunBy('away'))
    expect((await there.ended(Backup, metadata.name)).status?.phase).toBe('Completed');
  const slots = begunBy('away').map(({ metadata }) => minuteOf(metadata.name));
  const passed = (slots.at(-1) ?? 0) - (slots[0] ?? 0) + 1;
  const { missedRuns = 0 } = there.sandbox.get(BackupSchedule, 'away')?.status ?? {};
  console.log(`${passed} slots passed, ${slots.length} backups were begun, ${missedRuns} were missed`);
  expect(missedRuns).toBeGreaterThan(1);
  expect(slots.length + missedRuns).toBe(passed);
});
