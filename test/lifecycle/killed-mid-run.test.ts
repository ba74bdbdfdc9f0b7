/** Backups under way when the operator is killed without a word: the next leader brings each to its end, and none twice. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { Job, Pod } from '#runtime/client/kinds.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';
import { Backups, patience } from '../e2e/backups.ts';
import { write } from '../e2e/notes.ts';
import { signalContainer } from './node.ts';
import { operatorPods } from './pods.ts';
import { openSlate, type Slate } from './slate.ts';

let slate: Slate;
let backups: Backups;
beforeAll(async () => {
  slate = await openSlate();
  await installRelease(slate, usualRelease);
  backups = await Backups.open('killed');
  // Both take as long as the test needs to be there in time.
  await Promise.all([
    backups.declareStore('slow-to', { throttle: { uploadKiBps: 48 } }),
    backups.declareStore('slow-from', { throttle: { downloadKiBps: 48 } }),
  ]);
  await backups.noted('bulky', 'all of it');
  for (let count = 0; count < 8; count++)
    await write(await backups.sandbox.url('bulky'), randomBytes(45_000).toString('base64'));
});
afterAll(() => backups[Symbol.asyncDispose]());

/** The Job of the mover that works on that store, once its pod runs. */
const moverOn = (store: string) =>
  backups.sandbox.eventually(
    `a mover on ${store}`,
    () => {
      const { sandbox } = backups;
      const pod = sandbox
        .list(Pod)
        .find(({ metadata, status }) => metadata.labels?.['dokkerr.io/store'] === store && status?.phase === 'Running');
      return sandbox.get(Job, pod?.metadata.labels?.['batch.kubernetes.io/job-name'] ?? '');
    },
    patience,
  );

test('the next leader brings backups to their end wherever they were, and makes no mover twice', async () => {
  const { sandbox } = backups;
  const begin = (name: string, store: string, verify: object) =>
    backups.apply('Backup', name, { containerRef: { name: 'bulky' }, storeRef: { name: store }, verify });
  await begin('storing', 'slow-to', { mode: 'Metadata' });
  await begin('verifying', 'slow-from', { mode: 'Data', readDataPercent: 100 });
  const movers = await Promise.all([moverOn('slow-to'), moverOn('slow-from')]);
  const pods = await operatorPods(slate.kubectl, usualRelease);
  await Promise.all(pods.map((pod) => signalContainer(slate.cluster, pod, 'SIGKILL')));
  await begin('begun-while-nobody-led', 'offsite', { mode: 'Metadata' });
  for (const name of ['storing', 'verifying', 'begun-while-nobody-led']) {
    const { status } = await backups.ended(Backup, name);
    expect(status, name).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
    // An attempt that was lost would have been spent, and its successor have another name.
    expect(status?.steps?.filter(({ spent }) => spent !== undefined)).toEqual([]);
  }
  for (const { metadata } of movers) {
    const lives = new Set(sandbox.history(Job, metadata.name).map((job) => job.metadata.uid));
    expect(lives).toEqual(new Set([metadata.uid]));
  }
  await sandbox.eventually('no Job is left', () => sandbox.list(Job).length === 0);
});
