/** A store whose clock is more than five minutes off: what goes by its age stays, until the clocks agree again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { findCondition } from '#runtime/controller/conditions.ts';
import { type SkewedStore, startSkewedStore } from '#test/fixtures/skewed-store.ts';
import { Backups, patience } from './backups.ts';

let there: Backups;
let skewed: SkewedStore;
beforeAll(async () => {
  there = await Backups.open('skew');
  const { kubectl, namespace } = there.sandbox;
  skewed = await startSkewedStore(kubectl, namespace, there.store.endpoint);
});
afterAll(() => there[Symbol.asyncDispose]());

test('while the clocks disagree nothing is pruned, no ttl ends and no retention lets go of anything', async () => {
  const { sandbox } = there;
  await skewed.skew(600);
  const frequent = { validationFrequency: '5s', syncPeriod: '0s' };
  const store = await there.declareStore('late', frequent, { endpoint: skewed.endpoint });
  expect(findCondition(store.status?.conditions, 'ClockSynchronized')).toMatchObject({
    status: 'False',
    reason: 'ClockSkewed',
  });
  expect(store.status?.clockSkewSeconds).toBeGreaterThan(590);

  await there.noted('diary', 'today');
  const template = { containerRef: { name: 'diary' }, storeRef: { name: 'late' } };
  const passing = await there.backUp('diary-passing', { ...template, ttl: '1s', deletionPolicy: 'Delete' });
  expect(passing.status?.phase).toBe('Completed');
  await there.apply('BackupSchedule', 'diary', {
    schedule: '@yearly',
    runOnCreate: true,
    template,
    retention: { keepLast: 1 },
  });
  const first = await sandbox.eventually(
    'its first success',
    () => sandbox.get(BackupSchedule, 'diary')?.status?.lastSuccessfulBackup,
    patience,
  );
  const metadata = { name: 'diary-by-hand', labels: { 'dokkerr.io/schedule': 'diary' } };
  const second = { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Backup', metadata, spec: template };
  await sandbox.kubectl(['create', '--filename', '-'], JSON.stringify(second));
  await there.ended(Backup, 'diary-by-hand');
  await there.ask('late', 'prune', 'now');

  const held = await there.storeWhen(
    'late',
    'held back from pruning',
    ({ status }) => status?.prune?.held !== undefined,
  );
  expect(held.status?.prune?.held).toMatch(
    /the store's clock is \d+ s ahead of the operator's: set both by a time server/,
  );
  expect(held.status?.lastPrunedAt).toBeUndefined();
  // By now both would be gone: a retention is applied as soon as the newer one has ended.
  await sandbox.eventually(
    'the schedule knows of the newer one',
    () => sandbox.get(BackupSchedule, 'diary')?.status?.lastSuccessfulBackup === 'diary-by-hand',
    patience,
  );
  for (const name of ['diary-passing', first, 'diary-by-hand']) {
    expect(sandbox.get(Backup, name)?.metadata.deletionTimestamp).toBeUndefined();
    expect(sandbox.get(Backup, name)?.status?.phase).toBe('Completed');
  }

  await skewed.skew(0);
  await there.storeWhen(
    'late',
    'in time again',
    ({ status }) => findCondition(status?.conditions, 'ClockSynchronized')?.status === 'True',
  );
  await sandbox.eventually('the ttl has ended', () => sandbox.get(Backup, 'diary-passing') === undefined, patience);
  await sandbox.eventually('the older one is gone', () => sandbox.get(Backup, first) === undefined, patience);
  await there.storeWhen('late', 'pruned', ({ status }) => status?.lastPrunedAt !== undefined);
  expect(sandbox.get(Backup, 'diary-by-hand')?.status?.phase).toBe('Completed');
});
