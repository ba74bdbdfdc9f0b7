/** A namespace that is deleted while a backup runs in it: all of ours goes with it, and what the store has stays. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { Pod } from '#runtime/client/kinds.ts';
import { Backups, patience } from './backups.ts';
import { write } from './notes.ts';
import { copySecret } from './secrets.ts';

let doomed: Backups;
let keeper: Backups;
beforeAll(async () => {
  keeper = await Backups.open('keeper');
  doomed = await Backups.openBeside(keeper, 'doomed');
});
afterAll(() => Promise.all([doomed[Symbol.asyncDispose](), keeper[Symbol.asyncDispose]()]));

test('a namespace deleted in the middle of a backup goes, and what was stored before comes back elsewhere', async () => {
  const { sandbox } = doomed;
  await doomed.noted('will', 'the last one');
  const { status } = await doomed.backUp('will-first', { containerRef: { name: 'will' } });
  const id = status?.volumes?.[0]?.snapshotID ?? '';
  await copySecret({ from: doomed.sandbox, name: 'offsite-key', to: keeper.sandbox, as: 'doomed-key' });

  await doomed.declareStore('slow', { throttle: { uploadKiBps: 32 } });
  for (let count = 0; count < 8; count++)
    await write(await sandbox.url('will'), randomBytes(45_000).toString('base64'));
  await doomed.apply('Backup', 'will-second', {
    containerRef: { name: 'will' },
    storeRef: { name: 'slow' },
    deletionPolicy: 'Delete',
  });
  await sandbox.eventually(
    'its mover runs',
    () =>
      sandbox
        .list(Pod)
        .some(({ metadata, status: { phase } = {} }) => isMoverOf(metadata.labels, 'slow') && phase === 'Running'),
    patience,
  );
  await keeper.sandbox.kubectl(['delete', 'namespace', sandbox.namespace, '--timeout=180s']);
  expect(await sandbox.client.get(Backup, { namespace: sandbox.namespace, name: 'will-second' })).toBeUndefined();

  const prefix = doomed.prefixOf('offsite');
  await keeper.declareStore('inherited', { encryption: { passwordSecretRef: { name: 'doomed-key' } } }, { prefix });
  const restored = await keeper.bringBack('will-back', {
    source: { snapshot: { storeRef: { name: 'inherited' }, id } },
    target: { claim: { name: 'will', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
  });
  expect(restored.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
});

function isMoverOf(labels: Record<string, string> | undefined, store: string): boolean {
  return labels?.['dokkerr.io/mover'] === 'backup' && labels['dokkerr.io/store'] === store;
}
